import type { Progress } from './deadline.ts'

type Chunks = AsyncIterable<Uint8Array>

/** The text of a body as it arrives, `progress` being told of each chunk. */
async function* decode(body: Chunks, progress: Progress): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  for await (const chunk of body) {
    progress()
    yield decoder.decode(chunk, { stream: true })
  }
}

/** The whole body. */
export async function readText(body: Chunks, progress: Progress): Promise<string> {
  const parts: string[] = []
  for await (const part of decode(body, progress)) parts.push(part)
  return parts.join('')
}

/** Complete lines, without empty ones. What is left behind the last line end was broken off and is dropped. */
export async function* readLines(body: Chunks, progress: Progress): AsyncGenerator<string> {
  let rest = ''
  for await (const part of decode(body, progress)) {
    const lines = (rest + part).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line.trim() !== '') yield line
  }
}
