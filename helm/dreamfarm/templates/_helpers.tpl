{{- /* Only what Go's own templates have is used here, so that nothing but their engine is needed to render the chart. */ -}}
{{- define "dreamfarm.labels" }}
    app.kubernetes.io/name: {{ .Chart.Name }}
    app.kubernetes.io/instance: {{ .Release.Name }}
    app.kubernetes.io/version: {{ printf "%q" .Chart.AppVersion }}
    app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "dreamfarm.tag" }}{{ if .Values.image.tag }}{{ .Values.image.tag }}{{ else }}{{ .Chart.AppVersion }}{{ end }}{{ end }}

{{- define "dreamfarm.pod" }}
      serviceAccountName: {{ .Release.Name }}
      automountServiceAccountToken: false
      securityContext:
        runAsNonRoot: true
        runAsUser: 1654
        runAsGroup: 1654
        fsGroup: 1654
        fsGroupChangePolicy: OnRootMismatch
        seccompProfile:
          type: RuntimeDefault
      {{- if .Values.image.pullSecrets }}
      imagePullSecrets:
        {{- range .Values.image.pullSecrets }}
        - name: {{ . }}
        {{- end }}
      {{- end }}
{{- end }}

{{- define "dreamfarm.containerSecurity" }}
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities:
              drop: ["ALL"]
{{- end }}

{{- define "dreamfarm.environment" }}
            - name: DREAMFARM_LOG
              value: {{ .Values.log.format }}
            - name: DREAMFARM_LOG_LEVEL
              value: {{ .Values.log.level }}
            {{- if .Values.otlpEndpoint }}
            - name: OTEL_EXPORTER_OTLP_ENDPOINT
              value: {{ printf "%q" .Values.otlpEndpoint }}
            {{- end }}
            {{- if .Values.insecure }}
            - name: DREAMFARM_INSECURE
              value: "1"
            {{- end }}
{{- end }}

{{- define "dreamfarm.probeScheme" }}{{ if .Values.insecure }}HTTP{{ else }}HTTPS{{ end }}{{ end }}

{{- define "dreamfarm.resources" }}
          resources:
            {{- range $kind, $amounts := . }}
            {{ $kind }}:
              {{- range $name, $amount := $amounts }}
              {{ $name }}: {{ printf "%v" $amount | printf "%q" }}
              {{- end }}
            {{- end }}
{{- end }}

{{- define "dreamfarm.placement" }}
      {{- if .nodeSelector }}
      nodeSelector:
        {{- range $label, $value := .nodeSelector }}
        {{ $label }}: {{ printf "%v" $value | printf "%q" }}
        {{- end }}
      {{- end }}
      {{- if .tolerations }}
      tolerations:
        {{- range .tolerations }}
        - operator: {{ if .operator }}{{ .operator }}{{ else }}Equal{{ end }}
          {{- if .key }}
          key: {{ .key }}
          {{- end }}
          {{- if .value }}
          value: {{ printf "%v" .value | printf "%q" }}
          {{- end }}
          {{- if .effect }}
          effect: {{ .effect }}
          {{- end }}
        {{- end }}
      {{- end }}
{{- end }}
