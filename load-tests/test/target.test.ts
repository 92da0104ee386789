import test from 'ava'

import { findTarget } from '../lib/target.ts'

test('a platform elsewhere is what the four settings say', async (t) => {
  const env = { DATABASE_URL: 'postgres://d', NATS_URL: 'nats://n', TOKENS: 'tokens.jsonl' }
  const target = await findTarget(env, ['http://a'])
  t.like(target, { urls: ['http://a'], databaseUrl: 'postgres://d', natsUrl: 'nats://n', minting: undefined })
})

test('only a cluster can be named as the target', async (t) => {
  await t.throwsAsync(findTarget({ TARGET: 'clutser' }, undefined), { code: 'LOAD_SETTINGS' })
})

test('a cluster without a platform is told in one line', async (t) => {
  const env = { TARGET: 'cluster', KUBECONFIG: '/nowhere/kubeconfig' }
  const error = await t.throwsAsync(findTarget(env, undefined), { code: 'LOAD_NO_PLATFORM' })
  t.regex(error.message, /^No platform can be reached in the cluster: /)
  t.false(error.message.includes('\n'))
})
