// The lines of the tracker: Pass as in a list, PassSheet as on its own.
package main

import "encoding/json"

type Pass struct {
	Id                  *string         `json:"id"`
	Version             *int32          `json:"version"`
	Self                *string         `json:"self"`
	MemberId            *string         `json:"member_id"`
	SiaeKind            *string         `json:"siae_kind"`
	NumberLast4         *string         `json:"number_last4"`
	Origin              *string         `json:"origin"`
	StartsOn            *string         `json:"starts_on"`
	EndsOn              *string         `json:"ends_on"`
	InitialEndsOn       *string         `json:"initial_ends_on"`
	DeclaredEndsOn      *string         `json:"declared_ends_on"`
	EndsOnDiffers       *bool           `json:"ends_on_differs"`
	State               *string         `json:"state"`
	TotalDays           *int32          `json:"total_days"`
	RemainingDays       *int32          `json:"remaining_days"`
	ResumedTodayEndsOn  *string         `json:"resumed_today_ends_on"`
	Usable              *bool           `json:"usable"`
	SuspendedDays       *int32          `json:"suspended_days"`
	ProlongedDays       *int32          `json:"prolonged_days"`
	WindowOpensOn       *string         `json:"window_opens_on"`
	WindowClosesOn      *string         `json:"window_closes_on"`
	WindowOpen          *bool           `json:"window_open"`
	CapReached          *bool           `json:"cap_reached"`
	Closable            *bool           `json:"closable"`
	ClosedOn            *string         `json:"closed_on"`
	SuspensionReason    *string         `json:"suspension_reason"`
	SuspensionStartsOn  *string         `json:"suspension_starts_on"`
	SuspensionEndsOn    *string         `json:"suspension_ends_on"`
	PendingRequestSince *string         `json:"pending_request_since"`
	CapsLeft            json.RawMessage `json:"caps_left"`
	NextMilestone       *string         `json:"next_milestone"`
	NextMilestoneOn     *string         `json:"next_milestone_on"`
	Outcome             *string         `json:"outcome"`
	BirthYear           *int32          `json:"birth_year"`
	LastHireOn          *string         `json:"last_hire_on"`
	RegionCode          *string         `json:"region_code"`
	DepartmentCode      *string         `json:"department_code"`
	Source              *string         `json:"source"`
	ObservedOn          *string         `json:"observed_on"`
	EraseAfter          *string         `json:"erase_after"`
	CreatedAt           *string         `json:"created_at"`
	UpdatedAt           *string         `json:"updated_at"`
}

func (p *Pass) targets() []interface{} {
	return []interface{}{&p.Id, &p.Version, &p.Self, &p.MemberId, &p.SiaeKind, &p.NumberLast4, &p.Origin, &p.StartsOn, &p.EndsOn,
		&p.InitialEndsOn, &p.DeclaredEndsOn, &p.EndsOnDiffers, &p.State, &p.TotalDays, &p.RemainingDays,
		&p.ResumedTodayEndsOn, &p.Usable, &p.SuspendedDays, &p.ProlongedDays, &p.WindowOpensOn, &p.WindowClosesOn,
		&p.WindowOpen, &p.CapReached, &p.Closable, &p.ClosedOn, &p.SuspensionReason, &p.SuspensionStartsOn,
		&p.SuspensionEndsOn, &p.PendingRequestSince, &p.CapsLeft, &p.NextMilestone, &p.NextMilestoneOn, &p.Outcome,
		&p.BirthYear, &p.LastHireOn, &p.RegionCode, &p.DepartmentCode, &p.Source, &p.ObservedOn, &p.EraseAfter,
		&p.CreatedAt, &p.UpdatedAt}
}

type PassSheet struct {
	Pass
	Suspensions          json.RawMessage `json:"suspensions"`
	Prolongations        json.RawMessage `json:"prolongations"`
	ProlongationRequests json.RawMessage `json:"prolongation_requests"`
	OutcomeDetail        json.RawMessage `json:"outcome_detail"`
	ProlongationWindow   json.RawMessage `json:"prolongation_window"`
	ProlongationOptions  json.RawMessage `json:"prolongation_options"`
	Suspension           json.RawMessage `json:"suspension"`
	WaitingPeriod        json.RawMessage `json:"waiting_period"`
	LegalLimit           json.RawMessage `json:"legal_limit"`
	PendingRequest       json.RawMessage `json:"pending_request"`
	Retention            json.RawMessage `json:"retention"`
	Milestones           json.RawMessage `json:"milestones"`
	Notices              json.RawMessage `json:"notices"`
	Rules                json.RawMessage `json:"rules"`
}

func (p *PassSheet) targets() []interface{} {
	return append(p.Pass.targets(), &p.Suspensions, &p.Prolongations, &p.ProlongationRequests, &p.OutcomeDetail, &p.ProlongationWindow,
		&p.ProlongationOptions, &p.Suspension, &p.WaitingPeriod, &p.LegalLimit, &p.PendingRequest, &p.Retention,
		&p.Milestones, &p.Notices, &p.Rules)
}
