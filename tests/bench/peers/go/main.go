// net/http and pgx, a pool, one process on all cores.
package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"log"
	"net/http"
	"os"
	"strings"

	"github.com/jackc/pgconn"
	"github.com/jackc/pgx/v4"
	"github.com/jackc/pgx/v4/pgxpool"
)

const open = "select caller from session.open($1, 'members:read', $2, 5000, false)"

// Member has the contract's properties in the contract's order.
type Member struct {
	ID                   string          `json:"id"`
	Version              int32           `json:"version"`
	Self                 string          `json:"self"`
	Siret                *string         `json:"siret"`
	Siren                *string         `json:"siren"`
	Name                 string          `json:"name"`
	Brand                *string         `json:"brand"`
	Kind                 string          `json:"kind"`
	IsSiae               bool            `json:"is_siae"`
	Status               string          `json:"status"`
	Suspended            bool            `json:"suspended"`
	OrganisationID       string          `json:"organisation_id"`
	LegalName            *string         `json:"legal_name"`
	LegalCategory        *string         `json:"legal_category"`
	Rna                  *string         `json:"rna"`
	LocalRegisterRef     *string         `json:"local_register_ref"`
	Idcc                 *string         `json:"idcc"`
	Nda                  *string         `json:"nda"`
	PreviousNda          *string         `json:"previous_nda"`
	OpcoCode             *string         `json:"opco_code"`
	Naf                  *string         `json:"naf"`
	NafVersion           *string         `json:"naf_version"`
	SiretAtAgreement     *string         `json:"siret_at_agreement"`
	CommuneCode          *string         `json:"commune_code"`
	CommuneName          *string         `json:"commune_name"`
	DepartmentCode       *string         `json:"department_code"`
	RegionCode           *string         `json:"region_code"`
	DelegationID         *string         `json:"delegation_id"`
	DelegationName       *string         `json:"delegation_name"`
	OutOfRegion          bool            `json:"out_of_region"`
	GroupID              *string         `json:"group_id"`
	JoinedOn             *string         `json:"joined_on"`
	LeftOn               *string         `json:"left_on"`
	FirstJoinedOn        *string         `json:"first_joined_on"`
	Address              *string         `json:"address"`
	PostalCode           *string         `json:"postal_code"`
	Latitude             *float64        `json:"latitude"`
	Longitude            *float64        `json:"longitude"`
	Email                *string         `json:"email"`
	Phone                *string         `json:"phone"`
	Website              *string         `json:"website"`
	Description          *string         `json:"description"`
	PublicListingConsent bool            `json:"public_listing_consent"`
	Warnings             json.RawMessage `json:"warnings"`
	CreatedAt            string          `json:"created_at"`
	UpdatedAt            string          `json:"updated_at"`
}

func (m *Member) targets() []interface{} {
	return []interface{}{&m.ID, &m.Version, &m.Self, &m.Siret, &m.Siren, &m.Name, &m.Brand, &m.Kind, &m.IsSiae, &m.Status,
		&m.Suspended, &m.OrganisationID, &m.LegalName, &m.LegalCategory, &m.Rna, &m.LocalRegisterRef, &m.Idcc, &m.Nda,
		&m.PreviousNda, &m.OpcoCode, &m.Naf, &m.NafVersion, &m.SiretAtAgreement, &m.CommuneCode, &m.CommuneName,
		&m.DepartmentCode, &m.RegionCode, &m.DelegationID, &m.DelegationName, &m.OutOfRegion, &m.GroupID, &m.JoinedOn,
		&m.LeftOn, &m.FirstJoinedOn, &m.Address, &m.PostalCode, &m.Latitude, &m.Longitude, &m.Email, &m.Phone, &m.Website,
		&m.Description, &m.PublicListingConsent, &m.Warnings, &m.CreatedAt, &m.UpdatedAt}
}

var errKey = errors.New("no valid key")

type server struct {
	pool      *pgxpool.Pool
	one, page string
}

func (s *server) inSession(r *http.Request, statement string, values ...interface{}) ([]Member, error) {
	kind, key, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if kind != "Bearer" || key == "" {
		return nil, errKey
	}
	digest := sha256.Sum256([]byte(key))
	id := make([]byte, 16)
	_, _ = rand.Read(id)
	tx, err := s.pool.Begin(r.Context())
	if err != nil {
		return nil, err
	}
	defer tx.Rollback(r.Context())
	var caller string
	if err = tx.QueryRow(r.Context(), open, hex.EncodeToString(digest[:]), hex.EncodeToString(id)).Scan(&caller); err != nil {
		var refused *pgconn.PgError
		if errors.As(err, &refused) && refused.Code == "MA401" {
			return nil, errKey
		}
		return nil, err
	}
	rows, err := tx.Query(r.Context(), statement, values...)
	if err != nil {
		return nil, err
	}
	members, err := collect(rows)
	if err != nil {
		return nil, err
	}
	return members, tx.Commit(r.Context())
}

func collect(rows pgx.Rows) ([]Member, error) {
	defer rows.Close()
	members := make([]Member, 0, 51)
	for rows.Next() {
		var m Member
		if err := rows.Scan(m.targets()...); err != nil {
			return nil, err
		}
		members = append(members, m)
	}
	return members, rows.Err()
}

func answer(w http.ResponseWriter, err error, value interface{}) {
	w.Header().Set("Content-Type", "application/json")
	switch {
	case errors.Is(err, errKey):
		w.WriteHeader(http.StatusUnauthorized)
		value = map[string]string{"code": "unauthenticated"}
	case err != nil:
		log.Print(err)
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(value)
}

func (s *server) getMember(w http.ResponseWriter, r *http.Request) {
	members, err := s.inSession(r, s.one, strings.TrimPrefix(r.URL.Path, "/v1/members/"))
	if err == nil && len(members) == 0 {
		http.NotFound(w, r)
		return
	}
	if err != nil {
		answer(w, err, nil)
		return
	}
	answer(w, nil, members[0])
}

func (s *server) listMembers(w http.ResponseWriter, r *http.Request) {
	members, err := s.inSession(r, s.page)
	if err != nil {
		answer(w, err, nil)
		return
	}
	more := len(members) > 50
	if more {
		members = members[:50]
	}
	answer(w, nil, struct {
		Data []Member `json:"data"`
		Page struct {
			Limit   int  `json:"limit"`
			HasMore bool `json:"has_more"`
		} `json:"page"`
	}{Data: members, Page: struct {
		Limit   int  `json:"limit"`
		HasMore bool `json:"has_more"`
	}{50, more}})
}

func read(name string) string {
	text, err := os.ReadFile(os.Getenv(name))
	if err != nil {
		log.Fatal(err)
	}
	return string(text)
}

func main() {
	pool, err := pgxpool.Connect(context.Background(), "pool_max_conns="+os.Getenv("PEER_POOL"))
	if err != nil {
		log.Fatal(err)
	}
	s := &server{pool, read("PEER_ONE"), read("PEER_PAGE")}
	http.HandleFunc("/v1/members/", s.getMember)
	http.HandleFunc("/v1/members", s.listMembers)
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PEER_PORT"), nil))
}
