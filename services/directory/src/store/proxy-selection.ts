const instant = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

/** Selects a ProxyRecord; `of` is the table's alias with a dot. */
export const proxySelection = (
  of = '',
) => `${of}id, ${of}version, ${of}active, ${of}patient_id AS "patientId",
  ${of}proxy_id AS "proxyId", ${of}relationship, ${of}notes, ${instant(`${of}expires_at`)} AS "expiresAt"`

/** Selects a ProxyChange of the log. */
export const CHANGE_SELECTION = `version, ${instant('changed_at')} AS at, changed_by AS by, active, relationship, notes,
  ${instant('expires_at')} AS "expiresAt", reason`
