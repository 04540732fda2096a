package store

import (
	"context"
	"fmt"

	"intendant/internal/directory"
)

// latest leaves of mails that tell of a state the last one for each reader, takes
// back those that wait and are overtaken by it, and leaves it out where it only
// turns back what its reader was never told (MAIL-5). A mail that a worker has
// goes out: what it said was true when it left.
func (tx *Tx) latest(ctx context.Context, mails []directory.Mail) ([]directory.Mail, error) {
	type about struct{ topic, address string }
	last := map[about]int{}
	var topics, addresses []string
	for i, m := range mails {
		if topic := m.Topic(); topic != "" {
			last[about{topic, m.Address}] = i
			topics, addresses = append(topics, topic), append(addresses, m.Address)
		}
	}
	if len(topics) == 0 {
		return mails, nil
	}
	var a args
	query := `UPDATE mail SET state = 'withdrawn', secret_sealed = NULL, leased_until = NULL WHERE state = 'waiting'
		AND (leased_until IS NULL OR leased_until <= ` + a.add(tx.Now) + `) AND topic` + inTexts(tx.Reader, topics, &a) +
		` AND address` + inTexts(tx.Reader, addresses, &a) + ` RETURNING topic, address, kind`
	unsaid := map[about]bool{}
	err := each(ctx, tx.Reader, query, a, func(row scanner) error {
		var of about
		var kind directory.MailKind
		if err := row.Scan(&of.topic, &of.address, &kind); err != nil {
			return err
		}
		if i, found := last[of]; found && mails[i].TurnsBack(kind) {
			unsaid[of] = true
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("take back overtaken mails: %w", err)
	}
	var left []directory.Mail
	for i, m := range mails {
		of := about{m.Topic(), m.Address}
		if of.topic == "" || last[of] == i && !unsaid[of] {
			left = append(left, m)
		}
	}
	return left, nil
}

// An Unsay takes back the mails of topics that wait and that no worker has: what
// they tell of is over (MAIL-5).
type Unsay []string

func (c Unsay) apply(ctx context.Context, tx *Tx) error {
	if len(c) == 0 {
		return nil
	}
	var a args
	query := `UPDATE mail SET state = 'withdrawn', secret_sealed = NULL, leased_until = NULL WHERE state = 'waiting'
		AND (leased_until IS NULL OR leased_until <= ` + a.add(tx.Now) + `) AND topic` + inTexts(tx.Reader, c, &a)
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("take back mails of what is over: %w", err)
	}
	return nil
}

// unsayRequests takes back what waits about requests to join that are over, and
// the reminders of their accounts in which none waits any more.
func (tx *Tx) unsayRequests(ctx context.Context, ended []directory.JoinRequest) error {
	var over Unsay
	for _, j := range ended {
		over = append(over, directory.MailTopic(directory.TopicRequest, j.Account, int64(j.ID)))
		var a args
		waiting, err := one(ctx, tx.Reader, `SELECT count(*) FROM (SELECT 1 FROM join_request WHERE state = 'waiting' AND account_key = `+
			a.add(j.Account)+` LIMIT 1) w`, a, scanInt64)
		if err != nil {
			return fmt.Errorf("count waiting requests: %w", err)
		}
		if waiting == 0 {
			over = append(over, directory.MailTopic(directory.TopicRequests, j.Account, allOfThem))
		}
	}
	return over.apply(ctx, tx)
}

// allOfThem is what a reminder of requests is about.
const allOfThem = "all"
