import { createServer, type Server } from 'node:https'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { type Scope, selfSigned } from '@medqueue/testing'

import type { OutsideWorld } from '../../src/calendars/outside/world.ts'

export type Answerer = (request: IncomingMessage, response: ServerResponse) => void

export interface OutsideServer {
  /** Address of a path on it; its host is `localhost`, which resolves to it in its world. */
  url: (path?: string) => string
  /** The world in which only this server is. */
  world: OutsideWorld
  /** What it answers from now on. */
  answer: (answerer: Answerer) => void
  /** Headers of every request so far. */
  requests: IncomingMessage[]
}

const certificate = selfSigned()

/** A server of calendars with a certificate of its own, for as long as the scope lives. */
export async function startOutside(scope: Scope): Promise<OutsideServer> {
  let answerer: Answerer = (_request, response) => void response.writeHead(404).end()
  const requests: IncomingMessage[] = []
  const server = createServer({ key: certificate.key, cert: certificate.cert }, (request, response) => {
    requests.push(request)
    answerer(request, response)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  scope.teardown(async () => close(server))
  const { port } = server.address() as AddressInfo
  return {
    url: (path = '/calendar.ics') => `https://localhost:${port}${path}`,
    world: {
      resolve: async (host) => (host === 'localhost' ? ['127.0.0.1'] : []),
      permits: (address) => address === '127.0.0.1' || address === 'localhost',
      ports: new Set([port]),
      ca: certificate.cert,
    },
    answer: (next) => {
      answerer = next
    },
    requests,
  }
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections()
  await new Promise((closed) => server.close(closed))
}

/** Answers with a text. */
export function text(body: string, headers: Record<string, string> = {}): Answerer {
  return (_request, response) => void response.writeHead(200, headers).end(body)
}

/** Somebody's calendar with these events; times as iCalendar writes them. */
export function calendarOf(...events: { start: string; end: string; rrule?: string }[]): string {
  const lines = events.flatMap(({ start, end, rrule }, index) => [
    'BEGIN:VEVENT',
    `UID:event-${index}@elsewhere.example`,
    'DTSTAMP:20270101T000000Z',
    `DTSTART:${start}`,
    `DTEND:${end}`,
    'SUMMARY:Dentist',
    ...(rrule === undefined ? [] : [`RRULE:${rrule}`]),
    'END:VEVENT',
  ])
  const all = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Elsewhere//EN', ...lines, 'END:VCALENDAR', '']
  return all.join('\r\n')
}
