import { tmpdir } from 'node:os'

import test from 'ava'

import { findTarget } from '../lib/target.ts'
import { tokensFor } from '../lib/tokens.ts'

test('a platform elsewhere is what the four settings say', async (t) => {
  const env = { DATABASE_URL: 'postgres://d', NATS_URL: 'nats://n', TOKENS: 'tokens.jsonl' }
  const target = await findTarget(env, ['http://a'])
  t.like(target, { urls: ['http://a'], databaseUrl: 'postgres://d', natsUrl: 'nats://n', minting: undefined })
})

test('only a cluster can be named as the target', async (t) => {
  await t.throwsAsync(findTarget({ TARGET: 'clutser' }, undefined), { code: 'LOAD_SETTINGS' })
})

test('who cannot make tokens says why', async (t) => {
  const minting = {
    DATABASE_URL: 'postgres://127.0.0.1:1/none',
    ISSUER: 'http://a',
    KEY_ENCRYPTION_KEY: 'short',
  }
  const wanted = { count: 1, seconds: 60, file: undefined, folder: tmpdir() }
  const error = await t.throwsAsync(tokensFor({ minting }, wanted), { code: 'LOAD_WORLD' })
  t.regex(error.message, /KEY_ENCRYPTION_KEY/)
})

test('a cluster without a platform is told in one line', async (t) => {
  const env = { TARGET: 'cluster', KUBECONFIG: '/nowhere/kubeconfig' }
  const error = await t.throwsAsync(findTarget(env, undefined), { code: 'LOAD_NO_PLATFORM' })
  t.regex(error.message, /^No platform can be reached in the cluster: /)
  t.false(error.message.includes('\n'))
})
