import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { RequestOptions } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import test from 'ava'

import { isInPod, podAccess } from '../../src/client/pod-access.ts'

test('takes the service account from the folder that is named', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'operator-kit-'))
  t.teardown(async () => rm(directory, { recursive: true }))
  await writeFile(join(directory, 'ca.crt'), 'authority')
  await writeFile(join(directory, 'token'), 'mine\n')
  const env = { KUBERNETES_SERVICE_HOST: 'localhost', SERVICE_ACCOUNT_DIR: directory }
  const options: RequestOptions = {}
  await podAccess(env).applyToHTTPSOptions(options)

  t.true(isInPod(env))
  t.like(options, { headers: { Authorization: 'Bearer mine' }, ca: Buffer.from('authority') })
})
