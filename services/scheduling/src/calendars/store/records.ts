/** Rows of calendars as the store gives them. */
export interface FeedRecord {
  id: string
  ownerId: string
  part: 'patient' | 'doctor'
  places: boolean
  createdAt: Date
  rotatedAt: Date
}

export const FEED_COLUMNS = `id, owner_id AS "ownerId", part, places, created_at AS "createdAt", rotated_at AS "rotatedAt"`

export interface SubscriptionRecord {
  id: string
  doctorId: string
  url: string
  zone: string
  createdAt: Date
  fetchedAt: Date | null
  readAt: Date | null
  etag: string | null
  lastModified: string | null
  contentHash: Buffer | null
  lastError: string | null
  failures: number
}

export const SUBSCRIPTION_COLUMNS = `id, doctor_id AS "doctorId", url, zone, created_at AS "createdAt",
  fetched_at AS "fetchedAt", read_at AS "readAt", etag, last_modified AS "lastModified",
  content_hash AS "contentHash", last_error AS "lastError", failures`
