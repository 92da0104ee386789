import type { TestFn } from 'ava'

/** Something with an end. A test's `t` is one. */
export interface Scope {
  teardown: (work: () => Promise<void> | void) => void
}

/**
 * A scope as long as the test file, for what `test.before` makes once for all tests:
 *
 * ```ts
 * const scope = fileScope(test)
 * let database: TestDatabase
 * test.before(async () => { database = await createTestDatabase(scope, migrations) })
 * ```
 */
export function fileScope<Context>(test: TestFn<Context>): Scope {
  const works: (() => Promise<void> | void)[] = []
  test.after.always('what the file made is taken down', async (t) => {
    for (const work of works.reverse()) {
      await t.notThrowsAsync(async () => work())
    }
    t.pass()
  })
  return { teardown: (work) => void works.push(work) }
}
