import { createServer, type ServerResponse } from 'node:http'

export interface Barrier {
  url: string
  /** Resolves with the start, Unix milliseconds, when all have arrived. */
  started: Promise<number>
  close: () => void
}

/** Time for the last answer to reach its process; milliseconds. */
const LEAD = 1_000

/** Holds back whoever asks until as many as expected have come; then all are told the same start. */
export async function openBarrier(expected: number): Promise<Barrier> {
  const waiting: ServerResponse[] = []
  let begin: (at: number) => void = () => undefined
  const started = new Promise<number>((resolve) => (begin = resolve))
  const server = createServer((_request, response) => {
    waiting.push(response)
    if (waiting.length < expected) return
    const at = Date.now() + LEAD
    for (const one of waiting) one.setHeader('content-type', 'application/json').end(JSON.stringify({ at }))
    begin(at)
  })
  server.requestTimeout = 0
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const close = () => {
    server.close()
    server.closeAllConnections()
  }
  return { url: `http://127.0.0.1:${port}/`, started, close }
}
