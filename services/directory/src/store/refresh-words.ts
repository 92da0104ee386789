import type pg from 'pg'

/** Which doctors to index anew: these, or all of a specialty, or all of a clinic. */
export type WordScope = { doctorIds: readonly string[] } | { specialtyId: string } | { clinicId: string }

function condition(scope: WordScope): { text: string; value: unknown } {
  if ('doctorIds' in scope) return { text: 'd.id = ANY ($1::uuid[])', value: scope.doctorIds }
  if ('specialtyId' in scope) return { text: 'd.specialty_id = $1::uuid', value: scope.specialtyId }
  return {
    text: 'd.id IN (SELECT doctor_id FROM doctor_clinic WHERE clinic_id = $1::uuid)',
    value: scope.clinicId,
  }
}

/**
 * Writes the words by which doctors are found. The dictionary only grows: a word that no doctor has any more is passed
 * over by the search.
 */
export async function refreshWords(client: pg.ClientBase, scope: WordScope): Promise<void> {
  const { text, value } = condition(scope)
  await client.query(
    `WITH chosen AS (
       SELECT d.id, concat_ws(' ', d.name, s.name, string_agg(
                concat_ws(' ', c.name, c.neighbourhood, c.city), ' ')) AS source
       FROM doctor d
       JOIN specialty s ON s.id = d.specialty_id
       LEFT JOIN doctor_clinic dc ON dc.doctor_id = d.id
       LEFT JOIN clinic c ON c.id = dc.clinic_id
       WHERE ${text}
       GROUP BY d.id, d.name, s.name),
     wanted AS (
       SELECT DISTINCT left(w.word, 60) COLLATE "C" AS word, chosen.id AS doctor_id
       FROM chosen, regexp_split_to_table(folded(chosen.source), '[^[:alnum:]]+') AS w (word)
       WHERE w.word <> ''),
     gone AS (
       DELETE FROM doctor_word old USING chosen
       WHERE old.doctor_id = chosen.id AND NOT EXISTS (
         SELECT FROM wanted WHERE wanted.doctor_id = old.doctor_id AND wanted.word = old.word)),
     known AS (
       INSERT INTO search_word (word) SELECT DISTINCT word FROM wanted ORDER BY word ON CONFLICT DO NOTHING)
     INSERT INTO doctor_word (word, doctor_id) SELECT word, doctor_id FROM wanted
     ON CONFLICT DO NOTHING`,
    [value],
  )
}
