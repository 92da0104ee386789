{{/*
A pod that runs once, placed as `migrations` says. Takes {root, component, image, init (containers as text), args (list),
env (text), account}.
*/}}
{{- define "medqueue.oncePod" -}}
metadata:
  labels:
    {{- include "medqueue.labels" (dict "root" .root "component" .component) | nindent 4 }}
  {{- with .root.Values.migrations.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  restartPolicy: Never
  serviceAccountName: {{ include "medqueue.fullname" .root }}-{{ .account }}
  automountServiceAccountToken: false
  {{- include "medqueue.podSecurity" .root | nindent 2 }}
  {{- include "medqueue.imagePullSecrets" .root | nindent 2 }}
  {{- include "medqueue.placement" (dict "root" .root "component" .component "scheduling" .root.Values.migrations.scheduling) | nindent 2 }}
  {{- with .init }}
  initContainers:
    {{- . | nindent 4 }}
  {{- end }}
  containers:
    - name: {{ .component }}
      image: {{ .image }}
      imagePullPolicy: {{ .root.Values.image.pullPolicy }}
      command:
        - node
        {{- range .args }}
        - {{ . | quote }}
        {{- end }}
      env:
        {{- .env | nindent 8 }}
        {{- include "medqueue.env.trust" .root | nindent 8 }}
      resources:
        {{- include "medqueue.resources" (dict "root" .root "resources" .root.Values.migrations.resources) | nindent 8 }}
      {{- include "medqueue.containerSecurity" .root | nindent 6 }}
      volumeMounts:
        - name: tmp
          mountPath: /tmp
        {{- include "medqueue.trustMount" .root | nindent 8 }}
  volumes:
    - name: tmp
      emptyDir:
        sizeLimit: 128Mi
    {{- include "medqueue.trustVolume" .root | nindent 4 }}
{{- end -}}

{{/* The account of pods that run once: they ask the API server nothing. Takes {root, component, annotations}. */}}
{{- define "medqueue.onceAccount" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "medqueue.fullname" .root }}-{{ .component }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "medqueue.labels" . | nindent 4 }}
  {{- with .annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
automountServiceAccountToken: false
{{- end -}}
