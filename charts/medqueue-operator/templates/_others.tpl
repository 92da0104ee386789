{{/*
Refuses to be installed beside another operator that watches what this one would watch: each would set the number of workers
by a broker that the other does not see. Nor may two be in one namespace, where they would share a lease, so that one of them
does nothing. Others are known by their rights: a ClusterRole, or a Role where they watch and one for the lease where they are.
*/}}
{{- define "operator.guard" -}}
{{- $here := .Release.Namespace -}}
{{- $watched := .Values.watchNamespace -}}
{{- $api := "rbac.authorization.k8s.io/v1" -}}
{{- range (lookup $api "ClusterRole" "" "").items -}}
{{- if include "operator.isAnothers" (dict "root" $ "metadata" .metadata) -}}
{{- include "operator.refuse" (printf "ClusterRole %s" .metadata.name) -}}
{{- end -}}
{{- end -}}
{{- /* Who watches one namespace needs no right to look into the others. */ -}}
{{- range $namespace := ternary (list "") (uniq (list $here $watched)) (empty $watched) -}}
{{- range (lookup $api "Role" $namespace "").items -}}
{{- if include "operator.isAnothers" (dict "root" $ "metadata" .metadata) -}}
{{- $isLeader := hasSuffix "-leader" .metadata.name -}}
{{- if or (empty $watched) (and $isLeader (eq .metadata.namespace $here)) (and (not $isLeader) (eq .metadata.namespace $watched)) -}}
{{- include "operator.refuse" (printf "Role %s in %s" .metadata.name .metadata.namespace) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Not empty for an object of another release of this chart. Takes {root, metadata}. */}}
{{- define "operator.isAnothers" -}}
{{- $release := .root.Release -}}
{{- $name := dig "annotations" "meta.helm.sh/release-name" "" .metadata -}}
{{- $namespace := dig "annotations" "meta.helm.sh/release-namespace" "" .metadata -}}
{{- if hasPrefix (printf "%s-" .root.Chart.Name) (dig "labels" "helm.sh/chart" "" .metadata) -}}
{{- if not (and (eq $name $release.Name) (eq $namespace $release.Namespace)) -}}
another's
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "operator.refuse" -}}
{{- fail (printf "another operator (%s) is there: set watchNamespace in both, so that each watches a namespace of its own, and install them in two namespaces" .) -}}
{{- end -}}
