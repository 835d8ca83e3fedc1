"""The words of norm packs: ranks, verdicts, strengths, patterns, kinship and ties. docs/norms.md explains them."""

from __future__ import annotations

from collections.abc import Mapping

LEVELS = ("law", "regulation", "province", "city", "policy")
"""Ranks, highest first: law, regulation of the State Council, rules of a province and of a city, policy."""
VERDICTS = ("forbidden", "must_declare", "allowed", "encouraged", "required", "unclear")
STRENGTHS: Mapping[str, str | None] = {
    "must": "required", "promoted": "encouraged", "encouraged": "encouraged", "exploratory": "encouraged",
    "may": "allowed", "forbidden": "forbidden", "practised": None,
}  # fmt: skip
"""What the strength of a policy statement counts as; what is merely practised binds nobody."""

DEPENDS_ON = ("compound_rules", "assembly", "other_rule")

PATTERNS: Mapping[str, str] = {
    "kin_in_serving_firm": "a relative of a committee member works in, or has an interest in, the serving firm",
    "employee_of_serving_firm_on_committee": "a member of the committee works in the firm that serves the compound",
    "financial_ties_with_serving_firm": "deals, favours, shares or sales between a member and the firm",
    "proxy_by_serving_firm_staff": "staff of the firm vote for an owner",
    "owner_owes_fees": "a member has not paid fees or the repair fund",
    "owner_with_unlawful_building": "a member has built unlawfully",
    "must_be_owner": "members are owners",
    "declaration_required": "a promise, declaration or publication is asked of a member",
    "seat_lost": "a seat ends by itself",
    "residents_committee_member_on_owners_committee": "one person in the residents' and in the owners' committee",
    "community_party_officer_on_owners_committee": "a community party officer on the owners' committee",
    "branch_secretary_as_chair": "the branch secretary is chair of the owners' committee",
    "party_member_on_owners_committee": "party members stand for the committee",
    "official_on_owners_committee": "an official sits on the committee",
    "owners_committee_member_on_residents_committee": "a member of the owners' committee on the residents' committee",
    "double_post": "one person in two bodies, whatever conflict follows (for policies)",
    "cross_post_lower_body": "one person in a body and in its own sub-committee",
    "cross_post_village_bodies": "one person in several bodies of a village",
    "grid_worker_post": "a post of a grid worker beside another",
    "observer_at_committee": "somebody sits in without a vote",
    "supervisors_vs_committee": "one person, or relatives, among the supervisors and the supervised",
    "official_paid": "an official is paid for another post",
    "official_post_in_firm": "an official holds a post in a firm",
    "kin_of_official_in_regulated_firm": "a relative of an official in the trade that he regulates",
    "kin_within_body": "relatives in one body or chain of command",
    "cooling_off_years": "years without a post in a related firm after leaving office",
    "first_meeting_threshold": "when the first meeting of owners is due",
    "preparatory_group_chair": "who heads the preparatory group",
    "preparatory_group_make_up": "who sits in the preparatory group",
    "developer_staff_on_preparatory_group": "the developer's people in the preparatory group",
    "serving_firm_staff_on_preparatory_group": "the firm's people in the preparatory group",
    "party_org_nominates_candidate": "the party organisation nominates candidates",
    "committee_size_range": "fewest and most members",
    "committee_size_odd": "an odd number of members",
    "alternates_limit": "number of alternates",
    "term_limit_years": "length of a term",
    "filing_deadline_days": "when, and with whom, a new committee is filed",
    "renewal_lead_days": "how long before the end of a term the next election is called",
    "handover_deadline_days": "how soon papers and seal are handed over",
    "assembly_vote_threshold": "quorum and majority of the assembly",
    "committee_pay": "pay of members",
    "must_exist": "a body or post that should be there",
    "stand_in_body": "who acts for a missing committee",
    "stand_in_make_up": "who sits on the body that stands in",
    "freeze_during_renewal": "what an outgoing committee may not decide",
    "party_led_governance": "leadership of the party organisation",
    "supervision_duty": "who guides and supervises whom",
}  # fmt: skip
"""The patterns a rule can speak of, with what each means. A rule may also name a conflict pattern itself."""

PATTERNS_ZH: Mapping[str, str] = {
    "kin_in_serving_firm": "亲属在服务本小区的物业公司任职或者有利害关系",
    "employee_of_serving_firm_on_committee": "业委会成员在服务本小区的物业公司任职",
    "financial_ties_with_serving_firm": "与物业公司的经济往来",
    "proxy_by_serving_firm_staff": "物业公司员工代理业主表决",
    "owner_owes_fees": "欠费",
    "owner_with_unlawful_building": "违法搭建",
    "must_be_owner": "业主身份",
    "declaration_required": "承诺、申报或者公示",
    "seat_lost": "职务自行终止",
    "residents_committee_member_on_owners_committee": "居委会成员任业委会成员",
    "community_party_officer_on_owners_committee": "社区党组织成员任业委会成员",
    "branch_secretary_as_chair": "支部书记任业委会主任",
    "party_member_on_owners_committee": "党员参选业委会",
    "official_on_owners_committee": "公职人员任业委会成员",
    "owners_committee_member_on_residents_committee": "业委会成员任居委会成员",
    "double_post": "两个组织之间的兼任",
    "cross_post_lower_body": "兼任下属委员会职务",
    "cross_post_village_bodies": "村（股份公司）各组织之间的兼任",
    "grid_worker_post": "网格员兼任",
    "observer_at_committee": "列席业委会会议",
    "supervisors_vs_committee": "监督者与被监督者",
    "official_paid": "公职人员领取兼职报酬",
    "official_post_in_firm": "公职人员在企业任职",
    "kin_of_official_in_regulated_firm": "公职人员亲属在受其监管的行业",
    "kin_within_body": "同一机构内的亲属",
    "cooling_off_years": "离职后任职限制",
    "first_meeting_threshold": "首次业主大会条件",
    "preparatory_group_chair": "筹备组组长",
    "preparatory_group_make_up": "筹备组组成",
    "developer_staff_on_preparatory_group": "建设单位人员进入筹备组",
    "serving_firm_staff_on_preparatory_group": "物业公司人员进入筹备组",
    "party_org_nominates_candidate": "党组织推荐候选人",
    "committee_size_range": "人数",
    "committee_size_odd": "人数为单数",
    "alternates_limit": "候补委员人数",
    "term_limit_years": "任期",
    "filing_deadline_days": "备案",
    "renewal_lead_days": "换届提前时间",
    "handover_deadline_days": "移交期限",
    "assembly_vote_threshold": "业主大会表决",
    "committee_pay": "业委会成员津贴",
    "must_exist": "应当设立的组织或者职务",
    "stand_in_body": "代行业委会职责的机构",
    "stand_in_make_up": "代行机构的组成",
    "freeze_during_renewal": "换届期间不得决定的事项",
    "party_led_governance": "党建引领",
    "supervision_duty": "指导和监督",
}
"""The same in Chinese, short."""

DEGREES = ("配偶", "父母", "子女", "兄弟姐妹", "祖孙")
NEAR_KIN = frozenset(DEGREES)
"""Near kin by article 1045 of the Civil Code; 祖孙 stands for grandparents and grandchildren on either side."""

SELF = "本人"
KIN: Mapping[str, frozenset[str]] = {
    SELF: frozenset(),
    **{degree: frozenset((degree,)) for degree in DEGREES},
    "近亲属": NEAR_KIN,
    "直系亲属": NEAR_KIN - {"兄弟姐妹"},
    "直系血亲": frozenset(("父母", "子女", "祖孙")),
    "三代以内旁系血亲": frozenset(("兄弟姐妹",)),
    "近姻亲": frozenset(),
    "子女的配偶": frozenset(),
    "配偶的直系亲属": frozenset(),
    "特定关系人": NEAR_KIN,
    "亲属": NEAR_KIN,
}
"""Words for relatives in a rule, and the degrees of kinship that each surely covers."""

OPEN_KIN = frozenset(KIN) - NEAR_KIN - {SELF, "近亲属", "直系血亲"}
"""Words that may reach further than the degrees above: undefined in law, or naming kin that the degrees do not."""

POST, SHARE, PAY = "任职", "投资入股", "报酬"
TIES: Mapping[str, frozenset[str]] = {
    **{tie: frozenset((tie,)) for tie in (POST, SHARE, PAY)},
    **{word: frozenset((POST, SHARE)) for word in ("利害关系", "利益关系", "直接利害关系", "直接的利益关系")},
    **{word: frozenset() for word in ("经营", "参与经营", "经济往来", "利益交换", "销售商品", "推销业务")},
    **{word: frozenset() for word in ("承揽业务", "收受财物", "减免费用")},
}  # fmt: skip
"""Words for a tie with a firm, and which of a post, a share and pay each covers. No law defines 利害关系 and words like
it; a post or a share is read as one, and the finding says so."""

DEFINED_TIES = frozenset((POST, SHARE, PAY))

SPEAKS: Mapping[str, tuple[str, ...]] = {
    "firm_and_committee": (
        "employee_of_serving_firm_on_committee", "kin_in_serving_firm", "financial_ties_with_serving_firm",
    ),
    "kin_in_firm": ("kin_in_serving_firm",),
    "secretary_chairs_committee": ("branch_secretary_as_chair",),
    "seal_and_seat": (
        "community_party_officer_on_owners_committee", "residents_committee_member_on_owners_committee",
    ),
    "supervisor_in_supervised": ("residents_committee_member_on_owners_committee", "cross_post_lower_body"),
    "auditor_tied": ("supervisors_vs_committee",),
    "village_company": ("cross_post_village_bodies",),
    "subsidiary_and_committee": (
        "employee_of_serving_firm_on_committee", "kin_in_serving_firm", "financial_ties_with_serving_firm",
    ),
    "financial_ties": ("kin_in_serving_firm", "financial_ties_with_serving_firm"),
    "residents_and_owners_committee": (
        "residents_committee_member_on_owners_committee", "owners_committee_member_on_residents_committee",
    ),
    "official_with_post": ("official_paid", "official_post_in_firm", "official_on_owners_committee"),
    "paid_official": ("official_paid",),
    "cooling_off": ("cooling_off_years",),
    "stand_in_chair": ("stand_in_make_up",),
    "preparatory_group_and_firm": ("serving_firm_staff_on_preparatory_group", "kin_in_serving_firm"),
}  # fmt: skip
"""Which patterns of norms speak of a conflict pattern. Every conflict pattern is also spoken of under its own name."""

SERVING_FIRM = frozenset((
    "employee_of_serving_firm_on_committee", "kin_in_serving_firm", "financial_ties_with_serving_firm",
    "serving_firm_staff_on_preparatory_group",
))  # fmt: skip
"""Patterns about the firm that serves a compound. They reach its subsidiaries only where they say so."""

CROSS_POSTS = frozenset((
    "residents_committee_member_on_owners_committee", "community_party_officer_on_owners_committee",
    "branch_secretary_as_chair", "cross_post_lower_body", "cross_post_village_bodies", "stand_in_make_up",
    "preparatory_group_chair", "official_on_owners_committee",
))  # fmt: skip
"""Patterns about the double post as such. A norm that wants the double post speaks against calling it a conflict."""
