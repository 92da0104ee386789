import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'

const FOLDER = resolve(import.meta.dirname, '..')
const POM = join(FOLDER, 'pom.xml')
const OLDEST_JAVA = 17

/** Outside of the checkout: what Maven fetched, and the profiles that somebody has put there. */
export const CACHE = join(homedir(), '.cache/medqueue/fhir')

/** Something this machine lacks, in a sentence for the one who runs it. */
export class MissingTool extends Error {}

/**
 * The lines the Java program prints about the definitions it has read, and about every file of a folder. Of several
 * definitions with one address the one in the earlier folder is used. Throws MissingTool, or when it fails.
 */
export function validate(folder: string, definitions: readonly string[]): string {
  const command = ['-cp', classpath(), join(FOLDER, 'java/Validate.java'), folder, ...definitions]
  const run = spawnSync('java', command, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  if (run.status !== 0) throw new Error(`the validator failed: ${run.stderr.slice(0, 2_000)}`)
  return run.stdout
}

/** Throws MissingTool unless there are a JDK, new enough, and Maven. */
export function needJava(): void {
  const java = spawnSync('javac', ['-version'], { encoding: 'utf8' })
  const version = java.error === undefined ? Number(/javac (\d+)/.exec(java.stdout)?.[1] ?? 0) : 0
  if (version < OLDEST_JAVA) {
    throw new MissingTool(
      `This check needs a JDK, version ${OLDEST_JAVA} or newer, and there is none on the PATH.`,
    )
  }
  if (spawnSync('mvn', ['--version']).status !== 0) {
    throw new MissingTool('This check needs Maven (mvn) on the PATH, to fetch the HAPI FHIR validator.')
  }
}

/** Where HAPI and what it needs are; Maven is asked once for each pom.xml. */
function classpath(): string {
  const mark = createHash('sha256').update(readFileSync(POM)).digest('hex').slice(0, 12)
  const file = join(CACHE, `classpath-${mark}.txt`)
  if (existsSync(file)) {
    const known = readFileSync(file, 'utf8')
    if (known.split(delimiter).every((jar) => existsSync(jar))) return known
  }
  mkdirSync(CACHE, { recursive: true })
  const goal = ['-q', '-B', '-f', POM, 'dependency:build-classpath', `-Dmdep.outputFile=${file}`]
  const run = spawnSync('mvn', [...goal, `-Dmaven.repo.local=${join(CACHE, 'm2')}`], { encoding: 'utf8' })
  if (run.status !== 0) throw new Error(`Maven could not fetch the validator: ${run.stdout.slice(0, 2_000)}`)
  return readFileSync(file, 'utf8')
}
