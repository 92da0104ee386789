/** Selects a whole doctor from `doctor d`, with what is shown of specialty and clinics. */
export const DOCTOR_SELECTION = `
  d.id, d.version, d.active, d.name, d.specialty_id AS "specialtyId", s.name AS "specialtyName",
  d.phone, d.phone_public AS "phonePublic", d.languages, places."clinicIds", places.clinics,
  ARRAY(SELECT ds.service_id::text FROM doctor_service ds WHERE ds.doctor_id = d.id ORDER BY ds.position) AS "serviceIds"`

export const DOCTOR_JOINS = `
  JOIN specialty s ON s.id = d.specialty_id
  CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(c.id::text ORDER BY dc.position), '{}') AS "clinicIds",
           coalesce(jsonb_agg(jsonb_build_object('id', c.id, 'name', c.name, 'neighbourhood', c.neighbourhood,
             'city', c.city, 'state', c.state) ORDER BY dc.position), '[]') AS clinics
    FROM doctor_clinic dc JOIN clinic c ON c.id = dc.clinic_id
    WHERE dc.doctor_id = d.id) AS places`
