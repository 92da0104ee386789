import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { PlatformAccess } from '@medqueue/cluster'
import { demoPatients } from '@medqueue/demo-data'
import { tokensFor } from '@medqueue/load-tests/tokens'

export interface Patient {
  id: string
  token: string
}

/** Seconds that tokens hold: longer than any behaviour takes. */
const SECONDS = 3_600

/** Patients of the demonstration with tokens like the issuer's own, made with its key. */
export async function makePatients(platform: PlatformAccess, count: number): Promise<Patient[]> {
  const folder = await mkdtemp(join(tmpdir(), 'medqueue-e2e-'))
  try {
    const { DATABASE_URL, TOKEN_AUDIENCE, KEY_ENCRYPTION_KEY } = await platform.environment('identity')
    const minting = {
      DATABASE_URL: await platform.reach(DATABASE_URL ?? ''),
      ISSUER: platform.issuer,
      TOKEN_AUDIENCE,
      KEY_ENCRYPTION_KEY,
    }
    const tokens = await tokensFor({ minting }, { count, seconds: SECONDS, file: undefined, folder })
    const patients = demoPatients(count)
    return tokens.map((token, index) => ({ id: patients[index]?.id ?? '', token }))
  } finally {
    await platform.close()
    await rm(folder, { recursive: true, force: true })
  }
}
