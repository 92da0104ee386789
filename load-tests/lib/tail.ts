import { closeSync, openSync, readSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'

const CHUNK = 1024 ** 2

/** Reads the lines that a growing file has gained since the last look. A half line waits for its end. */
export class Tail {
  readonly #file: string
  readonly #decoder = new StringDecoder('utf8')
  readonly #buffer = Buffer.allocUnsafe(CHUNK)
  #position = 0
  #rest = ''

  constructor(file: string) {
    this.#file = file
  }

  *lines(): Generator<string> {
    const handle = this.#open()
    if (handle === undefined) return
    try {
      for (;;) {
        const bytes = readSync(handle, this.#buffer, 0, CHUNK, this.#position)
        if (bytes === 0) return
        this.#position += bytes
        const parts = (this.#rest + this.#decoder.write(this.#buffer.subarray(0, bytes))).split('\n')
        this.#rest = parts.pop() ?? ''
        yield* parts
      }
    } finally {
      closeSync(handle)
    }
  }

  #open(): number | undefined {
    try {
      return openSync(this.#file, 'r')
    } catch {
      return undefined // Not written yet.
    }
  }
}
