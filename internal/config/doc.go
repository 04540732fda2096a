// Package config reads what an installation is told about itself: defaults,
// then a YAML file, then the environment, then flags, the later winning.
//
// A setting has one name everywhere: mail.smtp_host in the file is
// INTENDANT_MAIL_SMTP_HOST in the environment and mail.smtp_host among the
// flags. The fields of Config are the only list of settings; their tags carry
// name, default and description, and docs/configuration.md is held against
// them by a test.
//
// Everything wrong is refused at once, each refusal naming its setting, before
// anything starts. A new field's default keeps the old behaviour.
//
// No configuration library is used: four flat sources over one struct are less
// code than feeding them to one, and each value keeps its origin and each
// refusal its setting.
package config
