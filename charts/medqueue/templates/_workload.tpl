{{/*
The Deployment of one process. Takes {root, component, values, image, entry, env}, and where it differs:
{secrets: what it reads from files, migrations: folder whose tables must be there, service: whose database, quiet: true for a process that nobody calls,
unscaled: true for one whose count is not ours to say, asksApiServer: true for one with rights in the cluster}.
*/}}
{{- define "medqueue.deployment" -}}
{{- $root := .root -}}
{{- $labels := dict "root" $root "component" .component -}}
{{- $files := (include "medqueue.secretFiles" . | fromYaml).files -}}
{{- range $one := concat (include "medqueue.env.common" (dict "root" $root) | fromYamlArray) (fromYamlArray .env) -}}
{{- if hasKey $.values.extraEnv $one.name -}}
{{- fail (printf "extraEnv of %s: the chart sets %s itself, by another value" $.component $one.name) -}}
{{- end -}}
{{- end -}}
{{- range $files -}}
{{- if hasKey $.values.extraEnv (printf "%s_FILE" .variable) -}}
{{- fail (printf "extraEnv of %s: the chart sets %s_FILE itself" $.component .variable) -}}
{{- end -}}
{{- if hasKey $.values.extraEnv .variable -}}
{{- fail (printf "extraEnv of %s: the chart sets %s_FILE itself, and %s would not be read" $.component .variable .variable) -}}
{{- end -}}
{{- end -}}
{{- $scaled := dig "autoscaling" "enabled" false .values -}}
{{- $count := include "medqueue.replicas" . -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "medqueue.fullname" $root }}-{{ .component }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "medqueue.labels" $labels | nindent 4 }}
  {{- if and $scaled (not $count) }}
  annotations:
    medqueue.dev/replicas: autoscaler
  {{- end }}
spec:
  {{- with $count }}
  replicas: {{ . }}
  {{- end }}
  revisionHistoryLimit: 5
  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxUnavailable: 0
      maxSurge: 1
  selector:
    matchLabels:
      {{- include "medqueue.selectorLabels" $labels | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "medqueue.labels" $labels | nindent 8 }}
      {{- with .values.podAnnotations }}
      annotations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    spec:
      serviceAccountName: {{ include "medqueue.fullname" $root }}-{{ .component }}
      automountServiceAccountToken: {{ default false .asksApiServer }}
      {{- include "medqueue.podSecurity" $root | nindent 6 }}
      {{- include "medqueue.imagePullSecrets" $root | nindent 6 }}
      terminationGracePeriodSeconds: {{ include "medqueue.grace" $root }}
      {{- include "medqueue.placement" (dict "root" $root "component" .component "scheduling" .values.scheduling) | nindent 6 }}
      {{- if and .migrations (eq $root.Values.postgresql.mode "bundled") }}
      initContainers:
        {{- include "medqueue.waitForTables" . | nindent 8 }}
      {{- end }}
      containers:
        - name: {{ .component }}
          image: {{ .image }}
          imagePullPolicy: {{ $root.Values.image.pullPolicy }}
          command: [node, {{ .entry }}]
          env:
            {{- include "medqueue.env.common" (dict "root" $root) | nindent 12 }}
            {{- include "medqueue.env.trust" $root | nindent 12 }}
            {{- .env | nindent 12 }}
            {{- range $files }}
            - name: {{ .variable }}_FILE
              value: {{ include "medqueue.secretsFolder" $root }}/{{ .variable }}
            {{- end }}
            {{- include "medqueue.env.extra" .values.extraEnv | nindent 12 }}
          ports:
            - name: http
              containerPort: 8080
          {{- include "medqueue.probes" . | nindent 10 }}
          {{- if not .quiet }}
          lifecycle:
            preStop:
              sleep:
                seconds: {{ int $root.Values.shutdown.preStopSeconds }}
          {{- end }}
          resources:
            {{- include "medqueue.resources" (dict "root" $root "resources" .values.resources) | nindent 12 }}
          {{- include "medqueue.containerSecurity" $root | nindent 10 }}
          volumeMounts:
            - name: tmp
              mountPath: /tmp
            {{- include "medqueue.trustMount" $root | nindent 12 }}
            {{- if $files }}
            # The whole folder: a single file by subPath would stay as it was.
            - name: secrets
              mountPath: {{ include "medqueue.secretsFolder" $root }}
              readOnly: true
            {{- end }}
      volumes:
        - name: tmp
          emptyDir:
            sizeLimit: 128Mi
        {{- include "medqueue.trustVolume" $root | nindent 8 }}
        {{- if $files }}
        - name: secrets
          projected:
            defaultMode: 0440
            sources:
              {{- range $files }}
              - secret:
                  name: {{ .secret }}
                  items:
                    - {key: {{ .key }}, path: {{ .variable }}}
              {{- end }}
        {{- end }}
{{- end -}}

{{/*
The count that a Deployment names, if any. One that is scaled automatically names none. Yet where it has named one before,
leaving it out would mean one pod until the autoscaler has looked: there it names as many as there are, from then on. The
annotation tells those that never have. Takes what the Deployment takes.
*/}}
{{- define "medqueue.replicas" -}}
{{- if dig "autoscaling" "enabled" false .values -}}
{{- $name := printf "%s-%s" (include "medqueue.fullname" .root) .component -}}
{{- $live := lookup "apps/v1" "Deployment" .root.Release.Namespace $name -}}
{{- if and $live (ne "autoscaler" (dig "metadata" "annotations" "medqueue.dev/replicas" "" $live)) -}}
{{- int $live.spec.replicas -}}
{{- end -}}
{{- else if not .unscaled -}}
{{- int .values.replicas -}}
{{- end -}}
{{- end -}}

{{/*
A process that nobody calls has no startup probe: it is ready as soon as it says so. The others may take a while to fill
their memory. Probes are patient: under a crowd the event loop answers late, and taking away or killing who is busy would
turn slow answers into none. Whoever ends leaves its Service at once, without a probe.
*/}}
{{- define "medqueue.probes" -}}
{{- if not .quiet -}}
startupProbe:
  httpGet: {path: /livez, port: http}
  periodSeconds: 1
  timeoutSeconds: 2
  failureThreshold: 120
{{ end -}}
livenessProbe:
  httpGet: {path: /livez, port: http}
  {{- if .quiet }}
  initialDelaySeconds: 60
  {{- end }}
  periodSeconds: 15
  timeoutSeconds: 10
  failureThreshold: 8
readinessProbe:
  httpGet: {path: /readyz, port: http}
  periodSeconds: {{ ternary 1 5 (default false .quiet) }}
  timeoutSeconds: 5
  failureThreshold: {{ ternary 15 4 (default false .quiet) }}
{{- end -}}

{{/* Waits until the service's tables are there. Takes what the Deployment takes. */}}
{{- define "medqueue.waitForTables" -}}
- name: wait-for-tables
  image: {{ .image }}
  imagePullPolicy: {{ .root.Values.image.pullPolicy }}
  command:
    - node
    - packages/database/src/prepare.ts
    - --check
    - --migrations
    - {{ .migrations }}
    - --wait-seconds
    - {{ int .root.Values.migrations.waitSeconds | quote }}
  env:
    {{- include "medqueue.env.database" . | nindent 4 }}
    {{- include "medqueue.env.trust" .root | nindent 4 }}
  resources:
    {{- include "medqueue.resources" (dict "root" .root "resources" .root.Values.migrations.resources) | nindent 4 }}
  {{- include "medqueue.containerSecurity" .root | nindent 2 }}
  {{- with include "medqueue.trustMount" .root | trim }}
  volumeMounts:
    {{- . | nindent 4 }}
  {{- end }}
{{- end -}}

{{/* Service, ServiceAccount, disruption budget and autoscaler of one process. Takes what the Deployment takes. */}}
{{- define "medqueue.companions" -}}
{{- $root := .root -}}
{{- $name := printf "%s-%s" (include "medqueue.fullname" $root) .component -}}
{{- $labels := dict "root" $root "component" .component -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ $name }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "medqueue.labels" $labels | nindent 4 }}
automountServiceAccountToken: false
---
apiVersion: v1
kind: Service
metadata:
  name: {{ $name }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "medqueue.labels" $labels | nindent 4 }}
spec:
  type: ClusterIP
  {{- if .quiet }}
  clusterIP: None
  {{- end }}
  selector:
    {{- include "medqueue.selectorLabels" $labels | nindent 4 }}
  ports:
    - name: http
      port: 8080
      targetPort: http
---
{{ include "medqueue.pdb" (dict "root" $root "component" .component) }}
---
{{ include "medqueue.autoscaler" . }}
{{- end -}}

{{/*
Takes {root, component}, and where it is not what services may lose {maxUnavailable}. Pods that are not ready may always be
evicted: they serve nobody.
*/}}
{{- define "medqueue.pdb" -}}
{{- if .root.Values.podDisruptionBudgets.enabled }}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "medqueue.fullname" .root }}-{{ .component }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "medqueue.labels" . | nindent 4 }}
spec:
  maxUnavailable: {{ int (default .root.Values.podDisruptionBudgets.maxUnavailable .maxUnavailable) }}
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "medqueue.selectorLabels" . | nindent 6 }}
{{- end }}
{{- end -}}

{{- define "medqueue.autoscaler" -}}
{{- if dig "autoscaling" "enabled" false .values }}
{{- $name := printf "%s-%s" (include "medqueue.fullname" .root) .component }}
{{- if gt (int .values.autoscaling.minReplicas) (int .values.autoscaling.maxReplicas) }}
{{- fail (printf "%s: autoscaling.minReplicas is more than autoscaling.maxReplicas" .component) }}
{{- end }}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ $name }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "medqueue.labels" (dict "root" .root "component" .component) | nindent 4 }}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: {{ $name }}}
  minReplicas: {{ int .values.autoscaling.minReplicas }}
  maxReplicas: {{ int .values.autoscaling.maxReplicas }}
  metrics:
    - type: Resource
      resource:
        name: cpu
        # Not a share of what a pod asks for, which is far less than the one processor that its event loop can use.
        target: {type: AverageValue, averageValue: {{ .values.autoscaling.targetCPU }}}
{{- end }}
{{- end -}}
