{{/*
One controller: account, Deployment, Service, disruption budget. Takes {root, component, values, folder below
controllers/}.
*/}}
{{- define "operator.controller" -}}
{{- $root := .root -}}
{{- $name := printf "%s-%s" (include "operator.fullname" $root) .component -}}
{{- $labels := dict "root" $root "component" .component -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ $name }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "operator.labels" $labels | nindent 4 }}
automountServiceAccountToken: false
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ $name }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "operator.labels" $labels | nindent 4 }}
spec:
  replicas: {{ int .values.replicas }}
  revisionHistoryLimit: 5
  selector:
    matchLabels:
      {{- include "operator.selectorLabels" $labels | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "operator.labels" $labels | nindent 8 }}
      {{- with .values.podAnnotations }}
      annotations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    spec:
      serviceAccountName: {{ $name }}
      # The one process here that talks to the API server.
      automountServiceAccountToken: true
      enableServiceLinks: false
      securityContext:
        runAsNonRoot: true
        runAsUser: 65532
        runAsGroup: 65532
        fsGroup: 65532
        seccompProfile:
          type: RuntimeDefault
      {{- with $root.Values.image.pullSecrets }}
      imagePullSecrets:
        {{- range . }}
        - name: {{ . }}
        {{- end }}
      {{- end }}
      # It gives its lease back, so that another leads at once.
      terminationGracePeriodSeconds: 30
      {{- include "operator.placement" (dict "root" $root "component" .component "scheduling" .values.scheduling) | nindent 6 }}
      containers:
        - name: {{ .component }}
          image: {{ include "operator.image" (dict "root" $root "name" (printf "%s-controller" .component) "image" .values.image) }}
          imagePullPolicy: {{ $root.Values.image.pullPolicy }}
          command: [node, controllers/{{ .component }}/src/main.ts]
          env:
            {{- include "operator.env" $root | nindent 12 }}
            {{- range $one := include "operator.env" $root | fromYamlArray }}
            {{- if hasKey $.values.extraEnv $one.name }}
            {{- fail (printf "extraEnv of %s: the chart sets %s itself, by another value" $.component $one.name) }}
            {{- end }}
            {{- $read := trimSuffix "_FILE" $one.name }}
            {{- if hasKey $.values.extraEnv $read }}
            {{- fail (printf "extraEnv of %s: the chart sets %s itself, and %s would not be read" $.component $one.name $read) }}
            {{- end }}
            {{- end }}
            {{- range $key, $value := .values.extraEnv }}
            - name: {{ $key }}
              value: {{ $value | quote }}
            {{- end }}
          ports:
            - name: http
              containerPort: 8080
          startupProbe:
            httpGet: {path: /livez, port: http}
            periodSeconds: 1
            timeoutSeconds: 2
            failureThreshold: 60
          livenessProbe:
            httpGet: {path: /livez, port: http}
            periodSeconds: 15
            timeoutSeconds: 10
            failureThreshold: 8
          readinessProbe:
            httpGet: {path: /readyz, port: http}
            periodSeconds: 5
            timeoutSeconds: 5
          resources:
            {{- include "operator.resources" (dict "root" $root "resources" .values.resources) | nindent 12 }}
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            runAsNonRoot: true
            runAsUser: 65532
            runAsGroup: 65532
            capabilities:
              drop: [ALL]
            seccompProfile:
              type: RuntimeDefault
          volumeMounts:
            - name: tmp
              mountPath: /tmp
            {{- if $root.Values.nats.existingSecret }}
            # The whole folder: a single file by subPath would stay as it was.
            - name: secrets
              mountPath: /etc/medqueue/secrets
              readOnly: true
            {{- end }}
            {{- if $root.Values.trust.existingSecret }}
            - name: trust
              mountPath: /etc/medqueue/trust
              readOnly: true
            {{- end }}
      volumes:
        - name: tmp
          emptyDir:
            sizeLimit: 64Mi
        {{- with $root.Values.trust }}
        {{- if .existingSecret }}
        - name: trust
          secret:
            secretName: {{ .existingSecret }}
            defaultMode: 0440
            items:
              - {key: {{ .key }}, path: ca.crt}
        {{- end }}
        {{- end }}
        {{- with $root.Values.nats }}
        {{- if .existingSecret }}
        - name: secrets
          projected:
            defaultMode: 0440
            sources:
              - secret:
                  name: {{ .existingSecret }}
                  items:
                    - {key: {{ .urlKey }}, path: NATS_URL}
        {{- end }}
        {{- end }}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ $name }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "operator.labels" $labels | nindent 4 }}
spec:
  type: ClusterIP
  clusterIP: None
  selector:
    {{- include "operator.selectorLabels" $labels | nindent 4 }}
  ports:
    - name: http
      port: 8080
      targetPort: http
{{- if $root.Values.podDisruptionBudgets.enabled }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ $name }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "operator.labels" $labels | nindent 4 }}
spec:
  maxUnavailable: 1
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "operator.selectorLabels" $labels | nindent 6 }}
{{- end }}
{{- end -}}

{{- define "operator.env" -}}
- name: NODE_ENV
  value: production
- name: HOST
  value: 0.0.0.0
- name: PORT
  value: "8080"
- name: LOG_LEVEL
  value: {{ .Values.logLevel }}
- name: POD_NAME
  valueFrom:
    fieldRef:
      fieldPath: metadata.name
- name: POD_NAMESPACE
  valueFrom:
    fieldRef:
      fieldPath: metadata.namespace
- name: WATCH_NAMESPACE
  value: {{ .Values.watchNamespace | quote }}
{{- if .Values.nats.existingSecret }}
- name: NATS_URL_FILE
  value: /etc/medqueue/secrets/NATS_URL
{{- else }}
- name: NATS_URL
  value: {{ default "nats://medqueue-nats.medqueue:4222" .Values.nats.url }}
{{- end }}
- name: NATS_MONITOR_URL
  value: {{ include "operator.monitorUrl" . }}
- name: SUBJECT_PREFIX
  value: {{ .Values.nats.subjectPrefix | quote }}
{{- if .Values.trust.existingSecret }}
- name: NODE_EXTRA_CA_CERTS
  value: /etc/medqueue/trust/ca.crt
{{- end }}
{{- end -}}

{{/* Where pods may run. Takes {root, component, scheduling}. */}}
{{- define "operator.placement" -}}
{{- with .scheduling.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .scheduling.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .scheduling.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- if .scheduling.affinity }}
affinity:
  {{- toYaml .scheduling.affinity | nindent 2 }}
{{- else }}
affinity:
  podAntiAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 100
        podAffinityTerm:
          topologyKey: kubernetes.io/hostname
          labelSelector:
            matchLabels:
              {{- include "operator.selectorLabels" . | nindent 14 }}
{{- end }}
topologySpreadConstraints:
  {{- range $key := list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
  - maxSkew: 1
    topologyKey: {{ $key }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "operator.selectorLabels" $ | nindent 8 }}
  {{- end }}
{{- end -}}
