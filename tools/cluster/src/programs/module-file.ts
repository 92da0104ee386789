import type { GoProgram } from './catalog.ts'

/** What `go mod edit -json` tells of a go.mod, as far as it is needed here. */
export interface ModuleFile {
  Go?: string
  Godebug?: { Key: string; Value: string }[] | null
  Replace?: Replacement[] | null
}

export interface Replacement {
  Old: { Path: string; Version?: string }
  New: { Path: string; Version?: string }
}

/**
 * The go.mod of a small module whose only purpose is to build the program. Go heeds `replace` lines of the main module
 * alone, so those of the program's module are carried over. A replacement by a folder cannot be: it is dropped, and the
 * version that the module requires is used, or `staging` where that version is a placeholder.
 */
export function moduleFile(program: GoProgram, theirs: ModuleFile): string {
  return [
    `module medqueue.dev/build/${program.name}`,
    '',
    `go ${theirs.Go ?? '1.24'}`,
    '',
    ...(theirs.Godebug ?? []).map(({ Key, Value }) => `godebug ${Key}=${Value}`),
    `require ${program.module} ${program.version}`,
    '',
    ...(theirs.Replace ?? []).flatMap((replacement) => replaceLine(replacement, program.staging)),
    '',
  ].join('\n')
}

function replaceLine({ Old, New }: Replacement, staging: string | undefined): string[] {
  const old = Old.Version === undefined ? Old.Path : `${Old.Path} ${Old.Version}`
  // Only a folder has no version.
  if (New.Version !== undefined) return [`replace ${old} => ${New.Path} ${New.Version}`]
  return staging === undefined ? [] : [`replace ${old} => ${Old.Path} ${staging}`]
}

/** Linker flags: no symbol tables, and the version stamped in. */
export function linkerFlags(program: GoProgram): string {
  const stamps = Object.entries(program.stamps ?? {}).map(([name, value]) => `-X ${name}=${value}`)
  return ['-s', '-w', ...stamps].join(' ')
}
