// net/http and pgx, a pool, one process on all cores.
package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"

	"github.com/jackc/pgconn"
	"github.com/jackc/pgx/v4"
	"github.com/jackc/pgx/v4/pgxpool"
)

const (
	open  = "select caller from session.open($1, $2, $3, 5000, $4)"
	claim = "select engine.idempotency_claim($1, $2)"
	store = "select engine.idempotency_store($1, $2, $3, $4, $5)"
)

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
	pool *pgxpool.Pool
	sql  map[string]string
}

// What a row is read into: where its columns go.
type record interface{ targets() []interface{} }

// begin opens a transaction in the caller's session.
func (s *server) begin(r *http.Request, scope string, writes bool) (pgx.Tx, error) {
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
	var caller string
	err = tx.QueryRow(r.Context(), open, hex.EncodeToString(digest[:]), scope, hex.EncodeToString(id), writes).Scan(&caller)
	if err == nil {
		return tx, nil
	}
	_ = tx.Rollback(r.Context())
	var refused *pgconn.PgError
	if errors.As(err, &refused) && refused.Code == "MA401" {
		return nil, errKey
	}
	return nil, err
}

func answer(w http.ResponseWriter, err error, value interface{}) {
	w.Header().Set("Content-Type", "application/json")
	switch {
	case errors.Is(err, errKey):
		w.WriteHeader(http.StatusUnauthorized)
		value = map[string]string{"code": "unauthenticated"}
	case errors.Is(err, pgx.ErrNoRows):
		w.WriteHeader(http.StatusNotFound)
		value = map[string]string{"code": "not-found"}
	case err != nil:
		log.Print(err)
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	_ = encode(w, value)
}

func encode(w io.Writer, value interface{}) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

func (s *server) one(name, scope string, writes bool, fresh func() record) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		tx, err := s.begin(r, scope, writes)
		if err != nil {
			answer(w, err, nil)
			return
		}
		defer tx.Rollback(r.Context())
		found := fresh()
		id := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
		if err = tx.QueryRow(r.Context(), s.sql[name], id).Scan(found.targets()...); err == nil {
			err = tx.Commit(r.Context())
		}
		answer(w, err, found)
	}
}

type pagePart struct {
	Limit   int  `json:"limit"`
	HasMore bool `json:"has_more"`
}

func (s *server) page(name, scope string, writes bool, standard int, fresh func() record) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		limit, err := strconv.Atoi(r.URL.Query().Get("limit"))
		if err != nil {
			limit = standard
		}
		tx, err := s.begin(r, scope, writes)
		if err != nil {
			answer(w, err, nil)
			return
		}
		defer tx.Rollback(r.Context())
		found, err := collect(r, tx, s.sql[name], fresh)
		if err == nil {
			err = tx.Commit(r.Context())
		}
		more := len(found) > limit
		if more {
			found = found[:limit]
		}
		answer(w, err, struct {
			Data []record `json:"data"`
			Page pagePart `json:"page"`
		}{found, pagePart{limit, more}})
	}
}

func collect(r *http.Request, tx pgx.Tx, statement string, fresh func() record) ([]record, error) {
	rows, err := tx.Query(r.Context(), statement)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := make([]record, 0, 101)
	for rows.Next() {
		next := fresh()
		if err := rows.Scan(next.targets()...); err != nil {
			return nil, err
		}
		found = append(found, next)
	}
	return found, rows.Err()
}

func (s *server) create(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 65536))
	if err != nil || !json.Valid(body) {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	tx, err := s.begin(r, "passes:write", true)
	if err != nil {
		answer(w, err, nil)
		return
	}
	defer tx.Rollback(r.Context())
	var made PassSheet
	text, err := s.make(r, tx, body, &made)
	if err == nil {
		err = tx.Commit(r.Context())
	}
	if err != nil {
		answer(w, err, nil)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Location", "/v1/passes/"+*made.Id)
	w.WriteHeader(http.StatusCreated)
	_, _ = w.Write(text)
}

func (s *server) make(r *http.Request, tx pgx.Tx, body []byte, made *PassSheet) ([]byte, error) {
	key, digest := r.Header.Get("Idempotency-Key"), sha256.Sum256(body)
	if _, err := tx.Exec(r.Context(), claim, key, hex.EncodeToString(digest[:])); err != nil {
		return nil, err
	}
	if err := tx.QueryRow(r.Context(), s.sql["create"], string(body)).Scan(made.targets()...); err != nil {
		return nil, err
	}
	var text bytes.Buffer
	if err := encode(&text, made); err != nil {
		return nil, err
	}
	_, err := tx.Exec(r.Context(), store, key, hex.EncodeToString(digest[:]), 201, "{}", text.String())
	return text.Bytes(), err
}

func newMember() record { return new(Member) }
func newPass() record   { return new(Pass) }
func newSheet() record  { return new(PassSheet) }

func main() {
	pool, err := pgxpool.Connect(context.Background(),
		"pool_max_conns="+os.Getenv("PEER_POOL")+" keyed.secret="+os.Getenv("PEER_SECRET"))
	if err != nil {
		log.Fatal(err)
	}
	s := &server{pool: pool}
	text, err := os.ReadFile(os.Getenv("PEER_STATEMENTS"))
	if err == nil {
		err = json.Unmarshal(text, &s.sql)
	}
	if err != nil {
		log.Fatal(err)
	}
	passes := s.page("passes", "passes:read", true, 100, newPass)
	http.HandleFunc("/v1/members/", s.one("member", "members:read", false, newMember))
	http.HandleFunc("/v1/members", s.page("members", "members:read", false, 50, newMember))
	http.HandleFunc("/v1/passes/", s.one("pass", "passes:read", true, newSheet))
	http.HandleFunc("/v1/passes", func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			s.create(w, r)
			return
		}
		passes(w, r)
	})
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PEER_PORT"), nil))
}
