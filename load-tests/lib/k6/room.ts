/** The waiting room, for the one scenario that goes through it; the other scripts need not load this. */
import { sleep } from 'k6'
import exec from 'k6/execution'
import http, { type RefinedResponse } from 'k6/http'

import {
  answerOf,
  type Client,
  MOST_REPEATS,
  parameters,
  recordRequest,
  settings,
  tokens,
  unexpected,
} from './kit.ts'

export interface Standing {
  status: 'not-needed' | 'drawing' | 'waiting' | 'admitted' | 'over'
  position?: number
  wait?: { from: number; to: number }
  askAgainSeconds?: number
  ticket?: string
}

/** Opens the room as the administrator, whose token is the last of all. */
export function openRoom(): void {
  const client = { url: settings.urls[0] ?? '', token: tokens[tokens.length - 1] ?? '' }
  const url = `${client.url}/v1/waiting-room/openings`
  const body = JSON.stringify({ reason: 'New slots are released.' })
  const response = http.post(
    url,
    body,
    parameters(client, 'open-room', { 'Content-Type': 'application/json' }),
  )
  recordRequest('open-room', response)
  if (response.status !== 202) unexpected('open-room', response)
}

/** Asks for a ticket until there is one. */
export function joinRoom(client: Client): Standing | undefined {
  for (let repeat = 0; repeat <= MOST_REPEATS; repeat++) {
    const asked = Date.now()
    const response = http.post(`${client.url}/v1/waiting-room/tickets`, null, parameters(client, 'join'))
    const told = standingIn('join', response, asked)
    if (told !== undefined) return told
    sleep(2)
  }
  return undefined
}

export function standing(client: Client): Standing | undefined {
  const asked = Date.now()
  const response = http.get(`${client.url}/v1/waiting-room/tickets/mine`, parameters(client, 'wait'))
  return standingIn('wait', response, asked)
}

function standingIn(
  operation: 'join' | 'wait',
  response: RefinedResponse<'text'>,
  asked: number,
): Standing | undefined {
  recordRequest(operation, response)
  if (response.status !== 200) {
    unexpected(operation, response)
    return undefined
  }
  const told = answerOf<Standing>(response)
  const { status, position = 0, wait } = told
  const range = `${wait?.from ?? ''},${wait?.to ?? ''}`
  console.log(`w,${asked},${Date.now()},${exec.vu.idInTest},${status},${position},${range}`)
  return told
}
