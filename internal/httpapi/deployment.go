package httpapi

import (
	"context"

	"plumbline/internal/deployment"
	"plumbline/internal/report"
)

const deploymentRoute = "/{o}/{p}/envs/{env}/deployment-drift"

const aboutDeployment = `What is declared and not deployed, deployed and not declared, disabled and still deployed, or deployed where its backend does not put it.

An ` + "`atmos.component`" + ` of type terraform meets the ` + "`terraform.state`" + ` that lies where its s3 backend and workspace put it, else the one of its name. Each is in at most one pair; what is missing from its sources is in none. The totals count all of it, whatever the page holds. Findings are sorted by name, then kind.`

type deploymentInput struct {
	EnvironmentPath
	PageInput
	Kind string `query:"kind" enum:"disabled-deployed,mismatch,not-declared,not-deployed" doc:"Findings of this kind only"`
}

func (h *entities) deployment(ctx context.Context, in *deploymentInput) (*body[DeploymentDrift], error) {
	list := h.Cursors.list(in.ProjectPath, "get-deployment-drift", in.Environment, in.Kind)
	span, err := in.span(list)
	if err != nil {
		return nil, err
	}
	project, env, err := h.Report.Environment(ctx, in.Organisation, in.Project, in.Environment)
	if err != nil {
		return nil, err
	}
	totals, page, err := h.Report.DeploymentDrift(ctx, project, env, deployment.Kind(in.Kind), span)
	if err != nil {
		return nil, err
	}
	findings, next, err := fitting(page)
	return bodyOf(DeploymentDrift{Totals: DeploymentTotals(totals), Findings: findings, NextCursor: cursorOrNull(list, next)}, err)
}

// fitting renders as many findings as an answer holds. A page is costly to read again,
// so it is cut here.
func fitting(page report.Page[report.DeploymentFinding]) (findings []DeploymentFinding, next string, err error) {
	findings, _, err = fit(page.Items, maxPage, true, deploymentFinding)
	if n := len(findings); n < len(page.Items) && n > 0 {
		return findings, page.Items[n-1].Cursor(), err
	}
	return findings, page.Next, err
}
