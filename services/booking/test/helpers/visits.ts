import type { World } from './world.ts'

/** Consultations that nobody else of a test file asks for: at each time one with each of so many doctors, day by day. */
export function createVisits(world: () => World, doctors: number) {
  let made = 0
  return () => {
    const n = made++
    const { people, slot } = world()
    const time = Math.floor(n / doctors)
    return {
      doctorId: people.doctors[n % doctors] ?? '',
      serviceId: people.consultation,
      start: slot(time % 30, Math.floor(time / 30)),
    }
  }
}
