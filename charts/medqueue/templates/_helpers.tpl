{{/* Name of everything in this release, at most 40 characters so that suffixes fit. */}}
{{- define "medqueue.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "medqueue.version" -}}
{{- default .Chart.AppVersion .Values.image.tag -}}
{{- end -}}

{{/* Labels that never change, for selectors. Takes {root, component}. */}}
{{- define "medqueue.selectorLabels" -}}
app.kubernetes.io/name: {{ default .root.Chart.Name .root.Values.nameOverride }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{/* Labels of every object. Takes {root, component}. */}}
{{- define "medqueue.labels" -}}
{{ include "medqueue.selectorLabels" . }}
app.kubernetes.io/part-of: medqueue
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
app.kubernetes.io/version: {{ include "medqueue.version" .root | quote }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Image of one of our services. Takes {root, name, image}: a digest wins over a tag. */}}
{{- define "medqueue.image" -}}
{{- $ours := .root.Values.image -}}
{{- $repository := default (printf "%s-%s" $ours.repository .name) .image.repository -}}
{{- $place := printf "%s/%s" $ours.registry $repository -}}
{{- if .image.digest -}}
{{- printf "%s@%s" $place .image.digest -}}
{{- else -}}
{{- printf "%s:%s" $place (default (include "medqueue.version" .root) .image.tag) -}}
{{- end -}}
{{- end -}}

{{/* Image of a bundled server: {registry, repository, tag, digest}. */}}
{{- define "medqueue.serverImage" -}}
{{- $place := printf "%s/%s" .registry .repository -}}
{{- if .digest -}}{{- printf "%s@%s" $place .digest -}}{{- else -}}{{- printf "%s:%s" $place .tag -}}{{- end -}}
{{- end -}}

{{- define "medqueue.imagePullSecrets" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end -}}

{{/* Pod Security "restricted", for the pod. */}}
{{- define "medqueue.podSecurity" -}}
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
{{- end -}}

{{/* Pod Security "restricted", for a container. */}}
{{- define "medqueue.containerSecurity" -}}
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
{{- end -}}

{{/* Where pods may run. Takes {root, component, scheduling}: replicas are spread over nodes and zones. */}}
{{- define "medqueue.placement" -}}
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
              {{- include "medqueue.selectorLabels" . | nindent 14 }}
{{- end }}
topologySpreadConstraints:
  {{- range $key := list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
  - maxSkew: 1
    topologyKey: {{ $key }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "medqueue.selectorLabels" $ | nindent 8 }}
  {{- end }}
{{- end -}}

{{/* Address that patients use, without a slash at the end. */}}
{{- define "medqueue.publicUrl" -}}
{{- if .Values.publicUrl -}}
{{- .Values.publicUrl -}}
{{- else -}}
{{- if or (empty .Values.ingress.host) (contains "*" .Values.ingress.host) -}}
{{- fail "publicUrl must be set when ingress.host is empty or has a star: tokens name one address, by which patients come" -}}
{{- end -}}
{{- printf "%s://%s" (ternary "https" "http" .Values.ingress.tls.enabled) .Values.ingress.host -}}
{{- end -}}
{{- end -}}

{{/* URL of a service inside the cluster. Takes {root, component}. */}}
{{- define "medqueue.url" -}}
{{- printf "http://%s-%s:8080" (include "medqueue.fullname" .root) .component -}}
{{- end -}}

{{/* Seconds from the end of a pod's place in its Service to the moment it is killed. */}}
{{- define "medqueue.grace" -}}
{{- add (int .Values.shutdown.preStopSeconds) (int .Values.shutdown.drainSeconds) -}}
{{- end -}}

{{/* What `helm test` does: booking or reading. */}}
{{- define "medqueue.testMode" -}}
{{- $auto := ternary "booking" "reading" .Values.demo.enabled -}}
{{- ternary $auto .Values.test.mode (eq .Values.test.mode "auto") -}}
{{- end -}}

{{/* Requests and limits. Takes {root, resources}; without local storage where the nodes do not account for it. */}}
{{- define "medqueue.resources" -}}
{{- $resources := deepCopy .resources -}}
{{- if not .root.Values.ephemeralStorage -}}
{{- range $kind := list "requests" "limits" -}}
{{- if hasKey $resources $kind -}}{{- $_ := unset (index $resources $kind) "ephemeral-storage" -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- toYaml $resources -}}
{{- end -}}

{{/* Nanoseconds of a length of time such as `1m30s`. */}}
{{- define "medqueue.nanoseconds" -}}
{{- $start := toDate "2006-01-02" "2000-01-01" -}}
{{- ((mustDateModify . $start).Sub $start).Nanoseconds -}}
{{- end -}}
