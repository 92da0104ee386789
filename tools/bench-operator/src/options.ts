import { type Situation, SITUATIONS } from './situations.ts'

export interface Options {
  situations: readonly Situation[]
  /** Pools, or queues. */
  count: number
  /** After everything is ready, and of the measurement. */
  settleSeconds: number
  seconds: number
}

/** What the environment asks for; an empty variable is none. @throws for what is not known, or no number. */
export function optionsIn(env: NodeJS.ProcessEnv): Options {
  return {
    situations: situationsIn(env.SITUATIONS ?? ''),
    count: wholeNumber(env, 'POOLS', 200),
    settleSeconds: wholeNumber(env, 'SETTLE', 20),
    seconds: wholeNumber(env, 'DURATION', 60),
  }
}

function situationsIn(text: string): readonly Situation[] {
  if (text === '') return SITUATIONS
  return text.split(',').map((name) => {
    const found = SITUATIONS.find((situation) => situation.name === name)
    if (found !== undefined) return found
    throw new Error(`SITUATIONS: there is ${SITUATIONS.map((one) => one.name).join(', ')}; not ${name}`)
  })
}

function wholeNumber(env: NodeJS.ProcessEnv, name: string, fallback: number): number {
  const text = env[name] ?? ''
  if (text === '') return fallback
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new Error(`${name} must be a whole number from 1 to 99,999`)
  return Number(text)
}
