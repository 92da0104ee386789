import { setTimeout as delay } from 'node:timers/promises'

import { Agent, request } from 'undici'

import { type Answer, meaningOf, OUTCOMES, type Reply } from '../books/answer.ts'

/** A question as the client sends it, as often as it takes. */
export interface Question {
  ask: Answer['ask']
  patientId: string
  token: string
  key: string
  body: string
  doctorId: string
  method: 'GET' | 'POST'
  path: string
  payload?: object | undefined
  /** For a key that was sent before. */
  firstSentAt?: number
}

export interface ClientOptions {
  urls: readonly string[]
  /** Connections to each api. */
  connections: number
  note: (answer: Answer) => void
  /** Unix milliseconds. */
  now: () => number
  /** True when open questions are given up. */
  givingUp: () => boolean
}

export interface Client {
  /** Sends under the same key until there is an answer that stands, as a good client does. */
  until: (question: Question) => Promise<Answer>
  close: () => Promise<void>
}

interface Asked {
  answer: Answer
  retryAfter?: string | undefined
}

const LONGEST_PAUSE_MS = 1_000

export function createClient({ urls, connections, note, now, givingUp }: ClientOptions): Client {
  const dispatcher = new Agent({
    connections,
    connectTimeout: 2_000,
    headersTimeout: 15_000,
    bodyTimeout: 5_000,
  })
  let turn = 0

  const send = async (question: Question, replica: number): Promise<Reply> => {
    const url = `${urls[replica % urls.length] ?? ''}${question.path}`
    const { statusCode, headers, body } = await request(url, {
      dispatcher,
      method: question.method,
      headers: {
        authorization: `Bearer ${question.token}`,
        ...(question.ask === 'book' ? { 'idempotency-key': question.key } : {}),
        ...(question.payload === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: question.payload === undefined ? null : JSON.stringify(question.payload),
    })
    const retryAfter = headers['retry-after']
    return {
      status: statusCode,
      body: parsed(await body.text()),
      retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
    }
  }

  const ask = async (question: Question, replica: number): Promise<Asked> => {
    const { ask: kind, patientId, key, body, doctorId } = question
    const sentAt = now()
    const firstSentAt = question.firstSentAt ?? sentAt
    const head = { ask: kind, patientId, key, body, doctorId, firstSentAt, sentAt }
    try {
      const reply = await send(question, replica)
      const answer: Answer = { ...head, at: now(), status: reply.status, ...meaningOf(kind, reply) }
      note(answer)
      return { answer, retryAfter: reply.retryAfter }
    } catch (error) {
      const answer: Answer = { ...head, at: now(), status: 0, outcome: 'no_answer', code: codeOf(error) }
      note(answer)
      return { answer }
    }
  }

  return {
    until: async (question) => {
      let replica = turn++
      let { answer, retryAfter } = await ask(question, replica)
      const { firstSentAt } = answer
      while (OUTCOMES[answer.outcome] === 'open' && !givingUp()) {
        await delay(pauseMs(answer, retryAfter))
        // Another replica each time: a retry must not depend on the one that failed.
        ;({ answer, retryAfter } = await ask({ ...question, firstSentAt }, ++replica))
      }
      return answer
    },
    close: () => dispatcher.destroy(),
  }
}

/** Retry-After, but impatiently, which is harder for the platform and makes the time of its recovery visible. */
function pauseMs({ outcome }: Answer, retryAfter: string | undefined): number {
  const wanted = outcome === 'no_answer' ? 200 : Number(retryAfter ?? 1) * 1_000
  return Math.min(LONGEST_PAUSE_MS, wanted) * (0.5 + Math.random() / 2)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'UNKNOWN'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
