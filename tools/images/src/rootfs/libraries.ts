/** Paths of the libraries that a program loads, from the output of `ldd`; none for a static program. */
export function librariesIn(ldd: string): string[] {
  return ldd.split('\n').flatMap((line) => {
    const match = /(?:=>\s+)?(\/\S+)\s+\(0x[0-9a-f]+\)/.exec(line)
    return match?.[1] ?? []
  })
}
