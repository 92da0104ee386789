import type { ReadableStream } from 'node:stream/web'

import type { Progress } from './deadline.ts'
import type { ApiResponse } from './transport.ts'

type Chunks = ReadableStream<Uint8Array> | null

/** The text of a body as it arrives, `progress` being told of each chunk. */
async function* decode(stream: Chunks, progress: Progress): AsyncGenerator<string> {
  if (stream === null) return
  const decoder = new TextDecoder()
  for await (const chunk of stream) {
    progress()
    yield decoder.decode(chunk, { stream: true })
  }
}

/** The whole body. */
export async function readText(response: ApiResponse, progress: Progress): Promise<string> {
  const parts: string[] = []
  for await (const part of decode(response.stream(), progress)) parts.push(part)
  return parts.join('')
}

/** Complete lines, without empty ones. What is left behind the last line end was broken off and is dropped. */
export async function* readLines(stream: Chunks, progress: Progress): AsyncGenerator<string> {
  let rest = ''
  for await (const part of decode(stream, progress)) {
    const lines = (rest + part).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line.trim() !== '') yield line
  }
}
