import { migrate, type Provisioned, provisionDatabase } from '@medqueue/database'

import type { Secrets } from './secrets.ts'

/** Makes and migrates the database of each service. Returns its URLs by service. */
export async function prepareDatabases(
  adminUrl: string,
  folders: Readonly<Record<string, string>>,
  secrets: Secrets,
): Promise<Record<string, Provisioned>> {
  const prepared: Record<string, Provisioned> = {}
  for (const [service, directory] of Object.entries(folders)) {
    const provisioned = await provisionDatabase({
      adminUrl,
      database: `medqueue_${service}`,
      ownerPassword: secrets.get(`database.${service}.owner`),
      appPassword: secrets.get(`database.${service}.app`),
    })
    await migrate({ url: provisioned.ownerUrl, directory })
    prepared[service] = provisioned
  }
  return prepared
}
