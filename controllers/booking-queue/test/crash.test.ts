import test, { type ExecutionContext } from 'ava'

import type { Broker } from '@medqueue/messaging'

import { QUEUES } from '../src/kinds.ts'
import { brokerWith, createWorld, KEY, until, type World } from './helpers/world.ts'

/** Everything that a queue goes through: made, drifted, changed, deleted. Driven on until each step has come about. */
async function live(
  world: World,
  step: (goal: () => boolean | Promise<boolean>) => Promise<void>,
): Promise<void> {
  const { broker, stream, deadLetters, server } = world
  const ready = (generation: number) => () =>
    world.condition('Ready')?.status === 'True' && world.read()?.status?.observedGeneration === generation
  world.make({ deletionPolicy: 'Delete', deadLetter: { stream: deadLetters } })
  await step(ready(1))
  await broker.jsm.streams.update(stream, { max_bytes: 4_096 })
  await step(async () => (await broker.jsm.streams.info(stream)).config.max_bytes === 1_048_576)
  server.change(QUEUES, KEY, { spec: { limits: { maxBytes: 2_097_152 } } })
  await step(ready(2))
  await broker.jsm.streams.delete(stream)
  await step(async () => {
    const names = await broker.jsm.streams.names(`${world.prefix}.booking.requests.*`).next()
    return names.includes(stream) && ready(2)()
  })
  server.remove(QUEUES, KEY)
  await step(() => world.read() === undefined)
}

/** A process that dies right after its n-th write, to the API server or to the broker: it writes nothing more. */
class Mortal {
  dead = false
  readonly #last: number
  #writes = 0

  constructor(last: number) {
    this.#last = last
  }

  readonly mayWrite = (): void => {
    if (this.dead) throw new Error('this process has died')
  }

  wrote(): void {
    this.#writes += 1
    if (this.#writes === this.#last) this.dead = true
  }

  async #write(call: () => Promise<unknown>): Promise<unknown> {
    this.mayWrite()
    const answer = await call()
    this.wrote()
    return answer
  }

  /** The same broker, on which changes of streams count as writes. */
  over(broker: Broker): Broker {
    return brokerWith(broker, (method, call) => {
      if (!['add', 'update', 'delete'].includes(method)) return call()
      return this.#write(call)
    })
  }
}

/** Lives through everything with a controller that dies right after its n-th write; its successor goes on. */
async function dieAfter(t: ExecutionContext, n: number): Promise<boolean> {
  const world = await createWorld(t)
  const mortal = new Mortal(n)
  const stopCounting = world.server.onWrite(({ request }) => {
    if (request.plural !== 'events') mortal.wrote()
  })
  const broker = mortal.over(world.broker)
  let stop = world.run({ mayWrite: mortal.mayWrite, broker: () => broker })
  let died = false
  await live(world, async (goal) => {
    await until(async () => (await goal()) || (mortal.dead && !died))
    if (!mortal.dead || died) return
    died = true
    await stop()
    stopCounting()
    stop = world.run()
    await until(goal)
  })
  await stop()
  const left = await world.broker.jsm.streams.names(`${world.prefix}.>`).next()
  t.deepEqual(left, [], `after write ${n}`)
  return died
}

test('a controller that dies after any one of its writes is followed by one that gets everything right', async (t) => {
  let points = 0
  while (await dieAfter(t, points + 1)) points += 1
  t.true(points >= 10, `${points} points`)
  t.log(`${points} write points`)
})
