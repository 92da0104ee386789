import {
  Code,
  ConnectError,
  type ConnectRouter,
  createContextKey,
  type HandlerContext,
} from '@connectrpc/connect'
import { Uuid } from '@medqueue/contracts'
import { DirectoryService } from '@medqueue/contracts/proto/directory'
import type { Caller } from '@medqueue/service-kit'
import type pg from 'pg'
import { Check } from 'typebox/value'

import { notFound } from '../change.ts'
import { admitToPatient } from '../domain/access.ts'
import { findDoctor } from '../store/find-doctor.ts'
import { findRow } from '../store/find-row.ts'
import { PATIENTS } from '../store/tables.ts'

/** Who asks; set by the plugin from the checked token. */
export const callerKey = createContextKey<Caller | undefined>(undefined, { description: 'caller' })

/** Binds the DirectoryService of the contracts to the same reads that REST uses. */
export function directoryRpc(pool: pg.Pool): (router: ConnectRouter) => void {
  return (router) => {
    router.service(DirectoryService, {
      getDoctor: async ({ id }) => {
        const doctor = await findDoctor(pool, uuid(id))
        if (doctor === undefined) throw notFound()
        const { version, active, name, specialtyId, specialtyName, clinicIds, serviceIds, languages } = doctor
        const places = { specialtyId, specialtyName, clinicIds, serviceIds, languages }
        return { doctor: { id, version, active, name, ...places } }
      },
      getPatient: async ({ id }, context) => {
        const caller = callerOf(context)
        const mayRead = caller.can('patient:read-any') || caller.roles.includes('service')
        admitToPatient(caller, uuid(id), mayRead)
        const patient = await findRow(pool, PATIENTS, id)
        if (patient === undefined) throw notFound()
        const { version, active, name, birthYear, email, phone } = patient
        return { patient: { id, version, active, name, ...present({ birthYear, email, phone }) } }
      },
    })
  }
}

function callerOf(context: HandlerContext): Caller {
  const caller = context.values.get(callerKey)
  if (caller === undefined) throw new ConnectError('a token is needed', Code.Unauthenticated)
  return caller
}

function uuid(id: string): string {
  if (Check(Uuid, id)) return id
  throw new ConnectError('id must be a UUID in lower case', Code.InvalidArgument)
}

/** Protobuf knows no null: what is not known is left out. */
function present<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== null)
  return Object.fromEntries(entries) as { [K in keyof T]?: NonNullable<T[K]> }
}
