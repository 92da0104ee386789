import { clinic, doctor, plant, serviceType, specialty } from './network.ts'
import type { KnownIds } from './routes.ts'
import { send } from './send.ts'
import type { World } from './world.ts'

/** Ids that tests of every route may use; made before the world is. */
const rows = () => {
  const care = specialty()
  const place = clinic()
  const service = serviceType()
  const fern = doctor({ specialtyId: care.id, clinicIds: [place.id], serviceIds: [service.id] })
  return { care, place, service, fern }
}

export interface Known {
  ids: KnownIds
  plantAll: (world: World) => Promise<void>
}

/** One record of each kind: its ids are known before there is a database, so that titles can be made of them. */
export function knownRecords(): Known {
  const { care, place, service, fern } = rows()
  const [patient, grant] = [clinic().id, clinic().id]
  return {
    ids: { doctor: fern.id, patient, clinic: place.id, specialty: care.id, service: service.id, grant },
    plantAll: async (world) => {
      const network = { specialties: [care], clinics: [place], services: [service], doctors: [fern] }
      await plant(world.database.pool, network)
      const body = { id: patient, name: 'Patient Known' }
      const made = await send(world, 'POST', '/v1/patients', { headers: world.as('admin'), body })
      if (made.status !== 201) throw new Error('the known patient was not made')
      await world.database.pool.query(
        `INSERT INTO patient_proxy (id, patient_id, proxy_id, relationship, notes, expires_at, changed_by, changed_at)
         VALUES ($1, $2, $3, 'parent', false, now() + interval '1 day', $2, now())`,
        [grant, patient, fern.id],
      )
    },
  }
}
