import { type AppointmentEvent, isActive, namesOf, WINDOWS_CHANGED } from '@medqueue/contracts'
import type { Broker, Log } from '@medqueue/messaging'

import type { Catalogue } from '../store/list-catalogue.ts'
import type { Availability } from './availability.ts'

export interface FollowOptions {
  availability: Availability
  /** For the buffers of visits. */
  catalogue: () => Catalogue
  broker: Broker
  logger: Log
  prefix: string
}

/** Tells the availability what changes elsewhere: appointments decided or changed, windows written. */
export function followChanges(options: FollowOptions): { stop: () => void } {
  const { availability, broker, logger, prefix } = options
  const { subject } = namesOf(prefix)
  const appointments = broker.nc.subscribe(subject('appointment.>'), {
    callback: (error, message) => {
      if (error !== null) logger.warn({ err: error }, 'Following of appointments failed')
      else apply(options, message.json<{ data?: Partial<AppointmentEvent> }>().data ?? {})
    },
  })
  const windows = broker.nc.subscribe(subject(WINDOWS_CHANGED), {
    callback: (error, message) => {
      if (error === null) availability.forget(message.string())
    },
  })
  void (async () => {
    // What was said while the connection was away is not heard.
    for await (const { type } of broker.nc.status()) if (type === 'reconnect') availability.forgetAll()
  })()
  return {
    stop: () => {
      appointments.unsubscribe()
      windows.unsubscribe()
    },
  }
}

const secondsOf = (instant: string) => Math.floor(Date.parse(instant) / 1_000)

type Told = Partial<AppointmentEvent> & Pick<AppointmentEvent, 'doctorId' | 'start' | 'status'>

/** What an event says of a doctor's time. A refusal says nothing; an event without times is left to the age limit. */
function apply(options: FollowOptions, event: Partial<AppointmentEvent>): void {
  const { doctorId, start, status, previous } = event
  if (doctorId === undefined || start === undefined || status === undefined || status === 'refused') return
  const { availability } = options
  const told = { ...event, doctorId, start, status }
  if (status === 'held' && event.patientId !== undefined) availability.holders.note(event.patientId)
  forgetPlaces(availability, told)
  if (previous !== undefined) {
    forgetPlaces(availability, previous)
    availability.forget(previous.doctorId, secondsOf(previous.start))
  }
  // Of a session the others stay, and what is booked over others takes no time: what is left is for the record to say.
  const { sessionId, overbooked } = event
  if ([sessionId, overbooked, previous].every((one) => one === undefined)) applyTime(options, told)
  else availability.forget(doctorId, secondsOf(start))
}

function forgetPlaces(
  { forgetResource }: Availability,
  { start, roomId, deviceId }: Pick<Told, 'start' | 'roomId' | 'deviceId'>,
): void {
  if (roomId !== undefined) forgetResource('room', roomId, secondsOf(start))
  if (deviceId !== undefined) forgetResource('device', deviceId, secondsOf(start))
}

function applyTime({ availability, catalogue }: FollowOptions, event: Told): void {
  const { doctorId, serviceId = '', start, end, status } = event
  const { bufferBefore = 0, bufferAfter = 0 } = catalogue().services.get(serviceId) ?? {}
  const at = secondsOf(start)
  if (!isActive(status)) availability.release(doctorId, at - bufferBefore)
  else if (typeof end === 'string')
    availability.occupy(doctorId, { start: at - bufferBefore, end: secondsOf(end) + bufferAfter })
}
