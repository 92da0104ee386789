import type { FastifyRequest } from 'fastify'

import type { AuditEntry } from '../audit/entry.ts'
import type { FhirPorts } from '../ports.ts'

/**
 * Records what the caller has done about patients. Routes wait for it before they answer: nobody has been told what is
 * not in the trail. When it cannot be written the answer is the database's 503; what was booked by then is in the log of
 * appointments, with who did it.
 */
export async function audit(
  ports: FhirPorts,
  request: FastifyRequest,
  about: Omit<AuditEntry, 'actor' | 'address'>,
): Promise<void> {
  const patientIds = [...new Set(about.patientIds)]
  if (patientIds.length === 0) return
  await ports.audit({ ...about, patientIds, actor: request.caller, address: request.ip })
}
