-- The Family Safeguarding workbook as views (source `workbook`, in the id space of social care).
-- T-SQL for the authority to fill in: replace each NULL by the column of its case system, and WHERE 1 = 0 by its tables.
-- Dates are DATE or DATETIME (the time part is ignored). Flags are Y or N. Ids are text, the same ids in every view.
-- An optional view that is left out reads as empty. Grant the gateway log-in SELECT on these and nothing else.

-- One multi-agency parenting assessment a parent (FS-04).
CREATE VIEW dbo.gw_workbook_parenting_assessment AS
SELECT
  CAST(NULL AS NVARCHAR(48)) AS id,                              -- unique
  CAST(NULL AS NVARCHAR(48)) AS family_id,                       -- family_id of gw_family_member; for the authority
  CAST(NULL AS NVARCHAR(48)) AS parent_person_id,                -- pers_person_id of SSD: the parent
  CAST(NULL AS DATE) AS started_on,
  CAST(NULL AS DATE) AS updated_on,
  CAST(NULL AS NVARCHAR(MAX)) AS summary,
  CAST(NULL AS NVARCHAR(MAX)) AS strengths,
  CAST(NULL AS NVARCHAR(MAX)) AS concerns,
  CAST(NULL AS NVARCHAR(MAX)) AS capacity_to_change,
  CAST(NULL AS NVARCHAR(48)) AS author_staff_id,                 -- prof_staff_id of the author
  CAST(NULL AS NCHAR(1)) AS confidentiality,                     -- N, R (sealed) or V (locked); NULL or anything else is read as V
  CAST(NULL AS NVARCHAR(24)) AS nature                           -- FACT, OPINION or THIRD_PARTY_REPORT; NULL: not known, and kept from the family view
WHERE 1 = 0;
GO

-- One a worker and month (FS-12), about one person: the one worked with.
CREATE VIEW dbo.gw_workbook_monthly_summary AS
SELECT
  CAST(NULL AS NVARCHAR(48)) AS id,                              -- unique
  CAST(NULL AS NVARCHAR(48)) AS family_id,                       -- family_id of gw_family_member; for the authority
  CAST(NULL AS NVARCHAR(48)) AS about_person_id,                 -- pers_person_id of SSD: whom the work is with
  CAST(NULL AS NCHAR(7)) AS month,                               -- YYYY-MM
  CAST(NULL AS NVARCHAR(MAX)) AS summary,
  CAST(NULL AS NVARCHAR(48)) AS author_staff_id,                 -- prof_staff_id of the author
  CAST(NULL AS NVARCHAR(255)) AS author_name,
  CAST(NULL AS NVARCHAR(255)) AS author_role,
  CAST(NULL AS DATETIMEOFFSET) AS recorded_at,                   -- when written, UTC
  CAST(NULL AS NCHAR(1)) AS confidentiality,                     -- N, R (sealed) or V (locked); NULL or anything else is read as V
  CAST(NULL AS NVARCHAR(24)) AS nature                           -- FACT, OPINION or THIRD_PARTY_REPORT; NULL: not known, and kept from the family view
WHERE 1 = 0;
GO

-- One a worker and month (FS-11): risk to the child attributable to the parent.
CREATE VIEW dbo.gw_workbook_rag_rating AS
SELECT
  CAST(NULL AS NVARCHAR(48)) AS id,                              -- unique
  CAST(NULL AS NVARCHAR(48)) AS family_id,                       -- family_id of gw_family_member; for the authority
  CAST(NULL AS NVARCHAR(48)) AS child_person_id,                 -- pers_person_id of SSD: the child
  CAST(NULL AS NVARCHAR(48)) AS parent_person_id,                -- pers_person_id of SSD: the parent or carer rated
  CAST(NULL AS NCHAR(7)) AS month,                               -- YYYY-MM
  CAST(NULL AS NVARCHAR(255)) AS rating,                         -- RED, AMBER or GREEN
  CAST(NULL AS NVARCHAR(MAX)) AS reason,
  CAST(NULL AS NVARCHAR(48)) AS author_staff_id,                 -- prof_staff_id of the author
  CAST(NULL AS NVARCHAR(255)) AS author_name,
  CAST(NULL AS NVARCHAR(255)) AS author_role,
  CAST(NULL AS DATETIMEOFFSET) AS recorded_at,                   -- when written, UTC
  CAST(NULL AS NCHAR(1)) AS confidentiality,                     -- N, R (sealed) or V (locked); NULL or anything else is read as V
  CAST(NULL AS NVARCHAR(24)) AS nature                           -- FACT, OPINION or THIRD_PARTY_REPORT; NULL: not known, and kept from the family view
WHERE 1 = 0;
GO

-- One supervision of a family (FS-27), filed on its index child.
CREATE VIEW dbo.gw_workbook_supervision AS
SELECT
  CAST(NULL AS NVARCHAR(48)) AS id,                              -- unique
  CAST(NULL AS NVARCHAR(48)) AS family_id,                       -- family_id of gw_family_member; for the authority
  CAST(NULL AS NVARCHAR(48)) AS index_child_id,                  -- pers_person_id of SSD
  CAST(NULL AS DATE) AS held_on,
  CAST(NULL AS NVARCHAR(255)) AS agreed_rating,                  -- RED, AMBER or GREEN
  CAST(NULL AS NVARCHAR(MAX)) AS discussion,
  CAST(NULL AS NVARCHAR(MAX)) AS decisions,
  CAST(NULL AS NVARCHAR(48)) AS author_staff_id,                 -- prof_staff_id of the author
  CAST(NULL AS DATETIMEOFFSET) AS approved_at,                   -- when the team manager approved it; NULL: not yet
  CAST(NULL AS NCHAR(1)) AS confidentiality                      -- N, R (sealed) or V (locked); NULL or anything else is read as V
WHERE 1 = 0;
GO

-- Everybody a supervision names.
CREATE VIEW dbo.gw_workbook_supervision_person AS
SELECT
  CAST(NULL AS NVARCHAR(48)) AS supervision_id,                  -- id of the supervision
  CAST(NULL AS NVARCHAR(48)) AS person_id                        -- pers_person_id of SSD
WHERE 1 = 0;
GO
