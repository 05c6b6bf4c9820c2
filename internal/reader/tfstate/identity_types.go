package tfstate

import (
	"strings"

	"plumbline/internal/catalog"
)

// notInTheCloud are the prefixes of types that exist in their state alone, or on the disk
// of whoever applied it.
var notInTheCloud = []string{
	"null_", "random_", "time_", "tls_", "terraform_",
	"archive_", "cloudinit_", "external_", "http_", "local_", "template_",
}

// borrowedARN are types whose "arn" is that of the object they belong to or point at.
var borrowedARN = nameSet(`aws_secretsmanager_secret_version aws_secretsmanager_secret_policy aws_secretsmanager_secret_rotation
	aws_ecs_tag aws_lambda_provisioned_concurrency_config aws_iam_instance_profile_attachment
	aws_sns_topic_policy aws_sns_topic_data_protection_policy aws_lakeformation_resource
	aws_organizations_delegated_administrator aws_cloudtrail_organization_delegated_admin_account
	aws_cloudwatch_event_target`)

// accountNames and regionNames are the attributes that say in which account and region an
// object is.
var (
	accountNames = []string{"account_id", "owner_id", "project", "subscription_id"}
	regionNames  = []string{"region", "location"}
)

// givenNames are types without an ARN whose id is a name that somebody chose, or the same
// for everybody: other accounts, or other parents in one account, have it too.
var givenNames = nameSet(`aws_api_gateway_account aws_appautoscaling_target aws_autoscaling_attachment
	aws_autoscaling_lifecycle_hook aws_autoscaling_notification
	aws_cloudwatch_event_permission aws_cloudwatch_event_target aws_cloudwatch_log_metric_filter aws_cloudwatch_log_resource_policy
	aws_codebuild_webhook aws_config_configuration_recorder aws_config_configuration_recorder_status aws_config_delivery_channel
	aws_ecr_lifecycle_policy aws_ecr_repository_policy
	aws_iam_account_password_policy aws_iam_group_membership aws_iam_group_policy aws_iam_group_policy_attachment
	aws_iam_policy_attachment aws_iam_role_policy aws_iam_role_policy_attachment
	aws_iam_user_policy aws_iam_user_policy_attachment
	aws_lambda_function_event_invoke_config aws_lambda_permission
	aws_ses_active_receipt_rule_set aws_ses_receipt_rule`)

// servers are the providers of objects in a server that no state names: what is called
// default/app in one cluster is another object in the next.
var servers = nameSet(`argocd consul docker grafana helm kubectl kubernetes kubernetes-alpha kustomization mysql nomad
	postgresql rabbitmq vault`)

// inServer is the identity of an object in such a server: the uid that Kubernetes made up
// for it, where the state has it.
func (d *declarer) inServer(kind string) catalog.Identity {
	uid := memberAt(d.redactor.Member("metadata"), "uid")
	if uid == "" {
		uid = memberAt(memberAs(d.redactor.Member("object"), "metadata"), "uid")
	}
	if strings.Count(uid, "-") != 4 {
		return catalog.Identity{}
	}
	return catalog.Identity{Kind: kind, ID: uid}
}

// memberAt is the text of a member of an object, or of the one object of a list.
func memberAt(v catalog.Value, name string) string {
	for i, span := range catalog.Elements(v) {
		if i > 0 {
			return ""
		}
		v = span.Of(v)
	}
	text, _ := catalog.Text(memberAs(v, name))
	return text
}

func memberAs(object catalog.Value, name string) catalog.Value {
	for member, span := range catalog.Members(object) {
		if member == name {
			return span.Of(object)
		}
	}
	return nil
}
