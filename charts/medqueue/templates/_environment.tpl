{{/* What every process has in its environment. Takes {root}. */}}
{{- define "medqueue.env.common" -}}
- name: NODE_ENV
  value: production
- name: HOST
  value: 0.0.0.0
- name: PORT
  value: "8080"
- name: LOG_LEVEL
  value: {{ .root.Values.logLevel }}
- name: TRUST_PROXY
  value: {{ .root.Values.trustProxy | quote }}
- name: ISSUER
  value: {{ include "medqueue.publicUrl" .root }}/oidc
- name: JWKS_URL
  value: {{ include "medqueue.url" (dict "root" .root "component" "identity") }}/oidc/jwks
- name: TOKEN_AUDIENCE
  value: medqueue
- name: POD_NAME
  valueFrom:
    fieldRef:
      fieldPath: metadata.name
- name: POD_NAMESPACE
  valueFrom:
    fieldRef:
      fieldPath: metadata.namespace
{{- end -}}

{{/*
Whom a process believes, and what it asks of PostgreSQL: for every pod of ours, those that run once too. Node reads the
first when it starts, its PostgreSQL client the second.
*/}}
{{- define "medqueue.env.trust" -}}
{{- with .Values.trust.existingSecret }}
- name: NODE_EXTRA_CA_CERTS
  value: {{ include "medqueue.trustFolder" $ }}/ca.crt
{{- end }}
{{- if .Values.postgresql.external.tls }}
{{- if ne .Values.postgresql.mode "external" }}
{{- fail "postgresql.external.tls is for postgresql.mode external: the bundled server has no certificate" }}
{{- end }}
- name: PGSSLMODE
  value: verify-full
{{- end }}
{{- if and .Values.postgresql.external.admin.existingSecret (ne .Values.postgresql.mode "external") }}
{{- fail "postgresql.external.admin is for postgresql.mode external: the bundled server has an administrator of its own" }}
{{- end }}
{{- end -}}

{{- define "medqueue.trustFolder" -}}
/etc/medqueue/trust
{{- end -}}

{{- define "medqueue.trustMount" -}}
{{- if .Values.trust.existingSecret }}
- name: trust
  mountPath: {{ include "medqueue.trustFolder" . }}
  readOnly: true
{{- end }}
{{- end -}}

{{- define "medqueue.trustVolume" -}}
{{- with .Values.trust }}
{{- if .existingSecret }}
- name: trust
  secret:
    secretName: {{ .existingSecret }}
    defaultMode: 0440
    items:
      - {key: {{ .key }}, path: ca.crt}
{{- end }}
{{- end }}
{{- end -}}

{{- define "medqueue.env.rateLimit" -}}
- name: RATE_LIMIT_PER_MINUTE
  value: {{ int .root.Values.rateLimitPerMinute | quote }}
{{- end -}}

{{/*
What a process reads from files that follow their Secrets, so that a password changes without a restart. Takes {root,
service, secrets: list of database, redis, nats, waitingRoom}. YAML with `files`: {variable, secret, key} each.
*/}}
{{- define "medqueue.secretFiles" -}}
{{- $nats := .root.Values.nats.auth -}}
{{- $files := list -}}
{{- if has "database" .secrets -}}
{{- $key := (index .root.Values .service).database.urlKey -}}
{{- $files = append $files (dict "variable" "DATABASE_URL" "secret" (include "medqueue.databaseSecret" .) "key" $key) -}}
{{- end -}}
{{- if has "redis" .secrets -}}
{{- $key := .root.Values.redis.auth.urlKey -}}
{{- $files = append $files (dict "variable" "REDIS_URL" "secret" (include "medqueue.redisSecret" .root) "key" $key) -}}
{{- end -}}
{{- $room := .root.Values.bookingApi.waitingRoom -}}
{{- if and (has "waitingRoom" .secrets) (ne $room.mode "off") -}}
{{- $files = append $files (dict "variable" "WAITING_ROOM_KEYS" "secret" (include "medqueue.waitingRoomSecret" .root) "key" $room.keysKey) -}}
{{- end -}}
{{- if and (has "nats" .secrets) $nats.existingSecret -}}
{{- $files = append $files (dict "variable" "NATS_URL" "secret" $nats.existingSecret "key" $nats.urlKey) -}}
{{- end -}}
{{- toYaml (dict "files" $files) -}}
{{- end -}}

{{- define "medqueue.secretsFolder" -}}
/etc/medqueue/secrets
{{- end -}}

{{/*
The service's own database, with the role that may only read and write rows, for pods that run once. Takes {root,
service}.
*/}}
{{- define "medqueue.env.database" -}}
{{- $database := (index .root.Values .service).database -}}
- name: DATABASE_URL
  valueFrom:
    secretKeyRef:
      name: {{ include "medqueue.databaseSecret" . }}
      key: {{ $database.urlKey }}
{{- end -}}

{{/* The owner's URL: for migrations only. Takes {root, service}. */}}
{{- define "medqueue.env.migration" -}}
{{- $database := (index .root.Values .service).database -}}
- name: MIGRATION_DATABASE_URL
  valueFrom:
    secretKeyRef:
      name: {{ include "medqueue.databaseSecret" . }}
      key: {{ $database.migrationUrlKey }}
{{- end -}}

{{- define "medqueue.databaseSecret" -}}
{{- $database := (index .root.Values .service).database -}}
{{- if $database.existingSecret -}}
{{- $database.existingSecret -}}
{{- else if eq .root.Values.postgresql.mode "bundled" -}}
{{- printf "%s-%s-database" (include "medqueue.fullname" .root) .service -}}
{{- else -}}
{{- fail (printf "%s.database.existingSecret must name a Secret when postgresql.mode is external" .service) -}}
{{- end -}}
{{- end -}}

{{- define "medqueue.env.nats" -}}
{{- $nats := .root.Values.nats -}}
{{- $name := include "medqueue.fullname" .root -}}
{{- if and (eq $nats.mode "external") (not $nats.external.monitorUrl) -}}
{{- fail "nats.external.monitorUrl must be set when nats.mode is external: services refuse a broker that does not sync each write" -}}
{{- end -}}
{{- if not $nats.auth.existingSecret -}}
- name: NATS_URL
  {{- if eq $nats.mode "bundled" }}
  value: nats://{{ $name }}-nats:4222
  {{- else }}
  value: {{ required "nats.external.url or nats.auth.existingSecret must be set when nats.mode is external" $nats.external.url }}
  {{- end }}
{{ end -}}
- name: NATS_MONITOR_URL
  value: {{ ternary (printf "http://%s-nats:8222" $name) $nats.external.monitorUrl (eq $nats.mode "bundled") }}
- name: SUBJECT_PREFIX
  value: {{ .root.Values.subjectPrefix | quote }}
- name: STREAM_REPLICAS
  value: {{ include "medqueue.streamReplicas" .root | quote }}
{{- end -}}

{{/* On how many brokers a stream is kept. */}}
{{- define "medqueue.streamReplicas" -}}
{{- $nats := .Values.nats -}}
{{- $servers := ternary (int $nats.replicas) 1 (eq $nats.mode "bundled") -}}
{{- if and (eq $nats.mode "bundled") (gt (int $nats.streamReplicas) $servers) -}}
{{- fail "nats.streamReplicas is more than nats.replicas: there are not so many servers to hold a copy" -}}
{{- end -}}
{{- default (min 3 $servers) (int $nats.streamReplicas) -}}
{{- end -}}

{{/* Whom calendars name as the organizer. Takes {root}. */}}
{{- define "medqueue.env.calendar" -}}
- name: CALENDAR_EMAIL
  value: {{ .root.Values.calendarEmail | quote }}
{{- end -}}

{{- define "medqueue.redisSecret" -}}
{{- if .Values.redis.auth.existingSecret -}}
{{- .Values.redis.auth.existingSecret -}}
{{- else if eq .Values.redis.mode "bundled" -}}
{{- printf "%s-redis" (include "medqueue.fullname" .) -}}
{{- else -}}
{{- fail "redis.auth.existingSecret must name a Secret when redis.mode is external" -}}
{{- end -}}
{{- end -}}

{{- define "medqueue.identitySecret" -}}
{{- default (printf "%s-identity-keys" (include "medqueue.fullname" .)) .Values.identity.keys.existingSecret -}}
{{- end -}}

{{- define "medqueue.waitingRoomSecret" -}}
{{- default (printf "%s-waiting-room" (include "medqueue.fullname" .)) .Values.bookingApi.waitingRoom.existingSecret -}}
{{- end -}}

{{- define "medqueue.postgresSecret" -}}
{{- default (printf "%s-postgresql" (include "medqueue.fullname" .)) .Values.postgresql.auth.existingSecret -}}
{{- end -}}

{{- define "medqueue.env.extra" -}}
{{- range $name, $value := . }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end -}}

{{/*
Ordered lanes of requests. Requests of a lane that is no more would wait for ever, so it must be as many as the queue was
made with: its BookingQueue says how many, or else its workers.
*/}}
{{- define "medqueue.partitions" -}}
{{- $name := printf "%s-booking" (include "medqueue.fullname" .) -}}
{{- $wanted := int .Values.booking.partitions -}}
{{- $lanes := 0 -}}
{{- range dig "spec" "template" "spec" "containers" list (lookup "apps/v1" "Deployment" .Release.Namespace (printf "%s-worker" $name)) -}}
{{- range .env -}}
{{- if eq .name "BOOKING_PARTITIONS" -}}{{- $lanes = int .value -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- /* To look for a kind that is not there is an error. */ -}}
{{- if .Capabilities.APIVersions.Has "medqueue.dev/v1alpha1/BookingQueue" -}}
{{- $queue := lookup "medqueue.dev/v1alpha1" "BookingQueue" .Release.Namespace $name -}}
{{- $lanes = int (dig "spec" "partitions" $lanes $queue) -}}
{{- end -}}
{{- if and $lanes (ne $lanes $wanted) -}}
{{- fail (printf "booking.partitions is %d and the queue has %d lanes, which cannot be changed: requests that wait in it would never be decided" $wanted $lanes) -}}
{{- end -}}
{{- $wanted -}}
{{- end -}}

{{/* What the booking api and its workers share: they must agree on the partitions. */}}
{{- define "medqueue.booking.env" -}}
{{ include "medqueue.env.nats" . }}
- name: BOOKING_PARTITIONS
  value: {{ include "medqueue.partitions" .root | quote }}
- name: BOOKING_QUEUE_MAX_BYTES
  value: {{ int64 .root.Values.booking.queueMaxBytes | quote }}
- name: BOOKING_POOL
  value: {{ include "medqueue.fullname" .root }}-booking
{{- end -}}

{{/*
Who makes databases and roles, for the migrations only: the superuser of the bundled PostgreSQL, or the administrator of
one outside where there is one. Takes {root, service}.
*/}}
{{- define "medqueue.env.admin" -}}
{{- $postgresql := .root.Values.postgresql -}}
{{- $database := (index .root.Values .service).database -}}
{{- if and (eq $postgresql.mode "bundled") (not $database.existingSecret) -}}
- name: POSTGRES_PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ include "medqueue.postgresSecret" .root }}
      key: {{ $postgresql.auth.passwordKey }}
- name: ADMIN_DATABASE_URL
  value: postgres://postgres:$(POSTGRES_PASSWORD)@{{ include "medqueue.fullname" .root }}-postgresql:5432/postgres
{{- else if and (eq $postgresql.mode "external") $postgresql.external.admin.existingSecret -}}
- name: ADMIN_DATABASE_URL
  valueFrom:
    secretKeyRef:
      name: {{ $postgresql.external.admin.existingSecret }}
      key: {{ $postgresql.external.admin.urlKey }}
{{- end -}}
{{- end -}}
