-- What SSD lacks, as views beside it (source `social-care`).
-- T-SQL for the authority to fill in: replace each NULL by the column of its case system, and WHERE 1 = 0 by its tables.
-- Dates are DATE or DATETIME (the time part is ignored). Flags are Y or N. Ids are text, the same ids in every view.
-- An optional view that is left out reads as empty. Grant the gateway log-in SELECT on these and nothing else.

-- REQUIRED. Everybody whose whereabouts are protected. While it cannot be read nothing of this source is released.
-- It has no empty skeleton on purpose: an empty list says that nobody is restricted.
CREATE VIEW dbo.gw_restricted_person AS
SELECT
  CAST(NULL AS NVARCHAR(48)) AS person_id,                       -- the person: pers_person_id of SSD; never NULL
  CAST(NULL AS NVARCHAR(255)) AS reason,                         -- for the authority; the gateway does not read it
  CAST(NULL AS DATE) AS from_date,                               -- for the authority; a restriction protects from the day it is listed
  CAST(NULL AS DATE) AS until_date                               -- first day no longer restricted; NULL: open
FROM dbo.REPLACE_BY_THE_RESTRICTED_LIST;
GO

-- Adults whom ssd_person lacks, or lacks details of. SSD leads where both know something.
CREATE VIEW dbo.gw_adult AS
SELECT
  CAST(NULL AS NVARCHAR(48)) AS person_id,                       -- the person: pers_person_id of SSD
  CAST(NULL AS NVARCHAR(255)) AS forename,
  CAST(NULL AS NVARCHAR(255)) AS surname,
  CAST(NULL AS NVARCHAR(255)) AS aliases,                        -- other names, joined by ;
  CAST(NULL AS NVARCHAR(255)) AS sex,                            -- M, F, U or words
  CAST(NULL AS DATE) AS dob,
  CAST(NULL AS NVARCHAR(255)) AS nhs_number,                     -- verified only
  CAST(NULL AS NVARCHAR(255)) AS phone                           -- numbers, joined by ;
WHERE 1 = 0;
GO

-- Relationships, both directions where the case system holds both. Mothers of looked-after children and care leavers stand
-- in ssd_mother; birth mothers hold parental responsibility unless a court ended it, so the authority says so here.
CREATE VIEW dbo.gw_relationship AS
SELECT
  CONCAT('moth-', m.moth_table_id)          AS relationship_id,         -- unique
  m.moth_childs_person_id                   AS person_id,               -- the person
  m.moth_person_id                          AS other_person_id,         -- who is the KIND of the person
  'PARENT'                                  AS kind,                    -- PARENT, CHILD, SIBLING, PARTNER, FORMER_PARTNER, GRANDPARENT, CARER, NEIGHBOUR, FRIEND, OTHER
  CAST(NULL AS NCHAR(1))                    AS parental_responsibility, -- Y: the other holds it for the person
  CAST(NULL AS NVARCHAR(255))               AS level_of_contact,        -- in words
  CAST(NULL AS DATE)                        AS from_date,               -- first day; NULL: always was
  CAST(NULL AS DATE)                        AS until_date               -- first day no longer; then no responsibility counts
FROM dbo.ssd_mother m;
GO

-- The families and, explicitly, who is in the Family Safeguarding workflow (FS-19).
CREATE VIEW dbo.gw_family_member AS
SELECT
  CAST(NULL AS NVARCHAR(48)) AS family_id,
  CAST(NULL AS NVARCHAR(48)) AS person_id,                       -- the person: pers_person_id of SSD
  CAST(NULL AS NCHAR(1)) AS is_child,                            -- Y or N
  CAST(NULL AS NCHAR(1)) AS in_workflow,                         -- Y: included. Anything else: left out
  CAST(NULL AS DATE) AS from_date,                               -- first day it holds; NULL: always did
  CAST(NULL AS DATE) AS until_date                               -- first day it no longer holds; NULL: open
WHERE 1 = 0;
GO

-- The multi-disciplinary team around a family.
CREATE VIEW dbo.gw_family_team AS
SELECT
  CAST(NULL AS NVARCHAR(48)) AS family_id,
  CAST(NULL AS NVARCHAR(48)) AS team_id,                         -- team id of the gateway directory (dept_team_id)
  CAST(NULL AS DATE) AS from_date,                               -- first day it holds; NULL: always did
  CAST(NULL AS DATE) AS until_date                               -- first day it no longer holds; NULL: open
WHERE 1 = 0;
GO

-- Seats on the core group (or the team around the family) of a child, of any agency known to the council as staff.
CREATE VIEW dbo.gw_core_group AS
SELECT
  CAST(NULL AS NVARCHAR(48)) AS child_person_id,                 -- the person: pers_person_id of SSD
  CAST(NULL AS NVARCHAR(48)) AS staff_id,                        -- prof_staff_id
  CAST(NULL AS DATE) AS from_date,                               -- first day it holds; NULL: always did
  CAST(NULL AS DATE) AS until_date                               -- first day it no longer holds; NULL: open
WHERE 1 = 0;
GO

-- Families on the list of a panel.
CREATE VIEW dbo.gw_panel_family AS
SELECT
  CAST(NULL AS NVARCHAR(48)) AS panel_id,
  CAST(NULL AS NVARCHAR(48)) AS family_id,
  CAST(NULL AS DATE) AS from_date,                               -- first day it holds; NULL: always did
  CAST(NULL AS DATE) AS until_date                               -- first day it no longer holds; NULL: open
WHERE 1 = 0;
GO

-- Who sits on a panel or supports it.
CREATE VIEW dbo.gw_panel_member AS
SELECT
  CAST(NULL AS NVARCHAR(48)) AS panel_id,
  CAST(NULL AS NVARCHAR(48)) AS staff_id                         -- prof_staff_id
WHERE 1 = 0;
GO

-- Adults and siblings whom a section 47 enquiry names, beside its child.
CREATE VIEW dbo.gw_s47_person AS
SELECT
  CAST(NULL AS NVARCHAR(48)) AS s47_enquiry_id,                  -- s47e_s47_enquiry_id
  CAST(NULL AS NVARCHAR(48)) AS person_id                        -- the person: pers_person_id of SSD
WHERE 1 = 0;
GO

-- Who is alleged to have hurt whom. A row without a readable date still counts.
CREATE VIEW dbo.gw_allegation AS
SELECT
  CAST(NULL AS NVARCHAR(48)) AS victim_person_id,                -- the person: pers_person_id of SSD
  CAST(NULL AS NVARCHAR(48)) AS alleged_person_id,               -- the person: pers_person_id of SSD
  CAST(NULL AS DATETIMEOFFSET) AS recorded_at,                   -- when first recorded, UTC
  CAST(NULL AS NVARCHAR(255)) AS review_result                   -- team manager's review: STANDS, DOES_NOT_STAND; NULL: none yet
WHERE 1 = 0;
GO

-- Handovers to another service; open until the receiving episode closes.
CREATE VIEW dbo.gw_handover AS
SELECT
  CAST(NULL AS NVARCHAR(48)) AS handover_id,
  CAST(NULL AS NVARCHAR(48)) AS family_id,
  CAST(NULL AS NVARCHAR(255)) AS direction,                      -- STEP_DOWN, STEP_UP or EXIT
  CAST(NULL AS NVARCHAR(48)) AS receiving_staff_id,              -- staff id of the named receiving worker
  CAST(NULL AS DATE) AS from_date,                               -- first day it holds; NULL: always did
  CAST(NULL AS DATE) AS until_date                               -- first day it no longer holds; NULL: open
WHERE 1 = 0;
GO

-- Which of the gateway’s agencies made a referral; no row for anybody else.
CREATE VIEW dbo.gw_referral_origin AS
SELECT
  CAST(NULL AS NVARCHAR(48)) AS referral_id,                     -- cine_referral_id
  CAST(NULL AS NVARCHAR(48)) AS agency_id                        -- agency id of the gateway directory
WHERE 1 = 0;
GO
