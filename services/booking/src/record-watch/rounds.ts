import { FIRST_DOCTOR, type SliceCounts, type Violation, VIOLATIONS } from '../store/count-violations.ts'

export type Counts = Record<Violation, number>

/**
 * Adds up the slices of a round. A violation is known as soon as its slice has been looked at, and stays so until a whole
 * round has passed without it.
 */
export class Rounds {
  #afterDoctor = FIRST_DOCTOR
  #last = none()
  #current = none()

  /** Where the next slice begins. */
  get afterDoctor(): string {
    return this.#afterDoctor
  }

  add({ counts, lastDoctor }: SliceCounts): void {
    for (const kind of VIOLATIONS) this.#current[kind] += counts[kind]
    this.#afterDoctor = lastDoctor ?? FIRST_DOCTOR
    if (lastDoctor !== undefined) return
    this.#last = this.#current
    this.#current = none()
  }

  /** Goes on behind a doctor who could not be looked at. */
  pass(lastDoctor: string | undefined): void {
    this.add({ counts: none(), lastDoctor })
  }

  seen(): Counts {
    const counts = none()
    for (const kind of VIOLATIONS) counts[kind] = Math.max(this.#last[kind], this.#current[kind])
    return counts
  }
}

const none = (): Counts => ({
  doctor_double_booked: 0,
  patient_double_booked: 0,
  appointment_without_request: 0,
})
