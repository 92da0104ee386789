{{/*
StatefulSet of a bundled server. Takes {root, component, values, replicas, port, mountPath, checksum, container (text:
command, args, env, ports, probes), volumes (text), mounts (text), grace}.
*/}}
{{- define "medqueue.server" -}}
{{- $root := .root -}}
{{- $name := printf "%s-%s" (include "medqueue.fullname" $root) .component -}}
{{- $labels := dict "root" $root "component" .component -}}
{{- $persistence := default (dict "enabled" false) .values.persistence -}}
{{- /* Kubernetes refuses another size: a disk grows by its claim. */ -}}
{{- $size := dig "size" "" $persistence -}}
{{- range dig "spec" "volumeClaimTemplates" list (lookup "apps/v1" "StatefulSet" $root.Release.Namespace $name) -}}
{{- $size = .spec.resources.requests.storage -}}
{{- end -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ $name }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "medqueue.labels" $labels | nindent 4 }}
automountServiceAccountToken: false
---
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: {{ $name }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "medqueue.labels" $labels | nindent 4 }}
spec:
  replicas: {{ .replicas }}
  serviceName: {{ $name }}-headless
  podManagementPolicy: Parallel
  updateStrategy:
    type: RollingUpdate
  {{- if $persistence.enabled }}
  persistentVolumeClaimRetentionPolicy:
    whenDeleted: Retain
    whenScaled: Retain
  {{- end }}
  selector:
    matchLabels:
      {{- include "medqueue.selectorLabels" $labels | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "medqueue.serverPodLabels" $labels | nindent 8 }}
      {{- with .checksum }}
      annotations:
        checksum/config: {{ . }}
      {{- end }}
    spec:
      serviceAccountName: {{ $name }}
      automountServiceAccountToken: false
      {{- include "medqueue.podSecurity" $root | nindent 6 }}
      {{- include "medqueue.imagePullSecrets" $root | nindent 6 }}
      terminationGracePeriodSeconds: {{ .grace }}
      {{- include "medqueue.placement" (dict "root" $root "component" .component "scheduling" .values.scheduling) | nindent 6 }}
      containers:
        - name: {{ .component }}
          image: {{ include "medqueue.serverImage" .values.image }}
          imagePullPolicy: {{ $root.Values.image.pullPolicy }}
          {{- with .values.command }}
          command:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          {{- .container | nindent 10 }}
          resources:
            {{- include "medqueue.resources" (dict "root" $root "resources" .values.resources) | nindent 12 }}
          {{- include "medqueue.containerSecurity" $root | nindent 10 }}
          volumeMounts:
            - name: data
              mountPath: {{ .mountPath }}
            {{- with .mounts }}
            {{- . | nindent 12 }}
            {{- end }}
      volumes:
        {{- if not $persistence.enabled }}
        - name: data
          emptyDir: {}
        {{- end }}
        {{- with .volumes }}
        {{- . | nindent 8 }}
        {{- end }}
  {{- if $persistence.enabled }}
  volumeClaimTemplates:
    - metadata:
        name: data
      spec:
        accessModes: [ReadWriteOnce]
        {{- with $persistence.storageClass }}
        storageClassName: {{ . }}
        {{- end }}
        resources:
          requests:
            storage: {{ $size }}
  {{- end }}
{{- end -}}

{{/*
Labels of the pods of a bundled server: none that an upgrade changes, or it would end the only database and the only broker.
Takes {root, component}.
*/}}
{{- define "medqueue.serverPodLabels" -}}
{{ include "medqueue.selectorLabels" . }}
app.kubernetes.io/part-of: medqueue
{{- end -}}

{{/* The Service of a bundled server. Takes {root, component, ports (text), headless}. */}}
{{- define "medqueue.serverService" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ include "medqueue.fullname" .root }}-{{ .component }}{{ if .headless }}-headless{{ end }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "medqueue.labels" . | nindent 4 }}
spec:
  type: ClusterIP
  {{- if .headless }}
  clusterIP: None
  publishNotReadyAddresses: true
  {{- end }}
  selector:
    {{- include "medqueue.selectorLabels" . | nindent 4 }}
  ports:
    {{- .ports | nindent 4 }}
{{- end -}}
