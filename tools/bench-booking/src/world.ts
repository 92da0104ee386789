import { randomUUID } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { createPool, migrate, provisionDatabase, urlOf } from '@medqueue/database'
import {
  freePort,
  type RunningNats,
  type RunningServer,
  startNats,
  startPostgres,
  startRedis,
} from '@medqueue/servers'
import { createTokenIssuer, type TokenIssuer } from '@medqueue/testing'
import pg from 'pg'

import { type Dataset, makeDataset, writeDataset } from './dataset.ts'

/** The servers, the token issuer and the template database that all variants share. */
export interface World {
  directory: string
  postgres: RunningServer
  nats: RunningNats
  redis: RunningServer
  issuer: TokenIssuer
  /** File with the dataset and a token for each patient, for the generator. */
  file: string
  /** A fresh copy of the migrated, filled database, and its name. */
  freshDatabase: () => Promise<string>
  close: () => Promise<void>
}

const MIGRATIONS = join(import.meta.dirname, '../../../services/booking/migrations')
const TEMPLATE = 'bench_template'

export async function createWorld(directory: string): Promise<World> {
  await rm(directory, { recursive: true, force: true })
  await mkdir(directory, { recursive: true })
  const server = async (name: string) => ({ dataDir: join(directory, name), port: await freePort() })
  const postgres = await startPostgres(await server('postgres'))
  const nats = await startNats({ ...(await server('nats')), monitorPort: await freePort() })
  const redis = await startRedis(await server('redis'))
  const issuer = await createTokenIssuer()
  const dataset = makeDataset(Date.now() / 1000)
  const file = join(directory, 'generator.json')
  await writeFile(file, JSON.stringify({ dataset, tokens: tokensOf(dataset, issuer) }))
  await makeTemplate(postgres.url, dataset)
  let last: string | undefined
  return {
    directory,
    postgres,
    nats,
    redis,
    issuer,
    file,
    freshDatabase: async () => {
      if (last !== undefined) await admin(postgres.url, `DROP DATABASE ${last} WITH (FORCE)`)
      last = `bench_${randomUUID().slice(0, 8)}`
      await admin(postgres.url, `CREATE DATABASE ${last} TEMPLATE ${TEMPLATE}`)
      await admin(postgres.url, 'CHECKPOINT')
      return urlOf(postgres.url, { database: last })
    },
    close: async () => {
      await Promise.all([issuer.close(), postgres.stop(), nats.stop(), redis.stop()])
    },
  }
}

function tokensOf({ patients }: Dataset, issuer: TokenIssuer): string[] {
  const exp = Math.floor(Date.now() / 1000) + 6 * 3600
  return patients.map((sub) => issuer.token({ sub, roles: ['patient'], exp }))
}

async function makeTemplate(adminUrl: string, dataset: Dataset): Promise<void> {
  const password = randomUUID()
  const { ownerUrl } = await provisionDatabase({
    adminUrl,
    database: TEMPLATE,
    ownerPassword: password,
    appPassword: password,
  })
  await migrate({ url: ownerUrl, directory: MIGRATIONS })
  const pool = createPool({ url: ownerUrl, max: 1, name: 'bench', statementTimeoutMs: 60_000 })
  await writeDataset(pool, dataset)
  await pool.end()
}

async function admin(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
