import { demoDoctors, type DemoDoctor } from './doctors.ts'
import { demoId, noise } from './id.ts'

export interface DemoRota {
  /** One shift of one doctor; stable. */
  id: string
  doctorId: string
  clinicId: string
  /** ISO weekday: 1 is Monday, 7 is Sunday. */
  weekday: number
  /** Wall-clock time at the clinic, `HH:MM`. */
  start: string
  end: string
}

interface Shift {
  start: string
  end: string
}

const MORNING: Shift = { start: '08:00', end: '12:00' }
const AFTERNOON: Shift = { start: '13:00', end: '17:00' }
const SATURDAY: Shift = { start: '08:00', end: '11:00' }

const SEED = 43

/** Six doctors in ten work split days; the others only mornings or only afternoons. */
function shiftsOf(index: number): readonly Shift[] {
  const dice = noise(SEED, index) % 10
  if (dice < 6) return [MORNING, AFTERNOON]
  return dice < 8 ? [MORNING] : [AFTERNOON]
}

/** A doctor of two clinics spends mornings at the main one and afternoons, or every other day, at the second. */
function clinicOn(doctor: DemoDoctor, weekday: number, shift: Shift, split: boolean): string {
  const [main = '', second = main] = doctor.clinicIds
  const away = split ? shift === AFTERNOON : weekday % 2 === 0
  return away ? second : main
}

function rotasOf(doctor: DemoDoctor, index: number): Omit<DemoRota, 'id'>[] {
  const shifts = shiftsOf(index)
  const week = [1, 2, 3, 4, 5].flatMap((weekday) =>
    shifts.map((shift) => {
      const clinicId = clinicOn(doctor, weekday, shift, shifts.length === 2)
      return { doctorId: doctor.id, clinicId, weekday, ...shift }
    }),
  )
  const worksSaturdays = noise(SEED + 1, index) % 5 === 0
  const saturday = { doctorId: doctor.id, clinicId: doctor.clinicIds[0] ?? '', weekday: 6, ...SATURDAY }
  return worksSaturdays ? [...week, saturday] : week
}

/** The weekly rota of every doctor: shifts never overlap, and lie in the doctor's own clinics. */
export function demoRotas(): DemoRota[] {
  return demoDoctors()
    .flatMap(rotasOf)
    .map((rota) => ({ id: demoId('rota', `${rota.doctorId} ${rota.weekday} ${rota.start}`), ...rota }))
}
