package crm

import "github.com/nyaruka/phonenumbers"

// Emergency says whether help is called there, from a line of that region: 112 everywhere, since a telephone knows no
// better (ETSI TS 102 424), and what else the region's numbering plan has, such as 110. Such a call is placed whatever
// a role allows, and as it is dialled.
func (p Party) Emergency(region string) bool {
	if region == "" {
		region = DefaultRegion
	}
	return p.Kind == Internal && (p.Short == "112" || phonenumbers.IsEmergencyNumber(p.Short, region))
}
